// Where evidence is verified from: a vehicle's data folder, or an export in one file.
internal import Crypto
internal import DurableFiles
internal import Foundation

/// What a verification reads; nothing of it is trusted.
package protocol EvidenceSource: Sendable {
    var name: String { get }
    /// An export shows other cars' bundles without their records.
    var mayWithhold: Bool { get }
    /// Hands out the chain's lines in order, without line feeds; `place` is where a line stands, in words.
    func readLines(_ body: (_ line: [UInt8], _ isWhole: Bool, _ place: String) throws -> Bool) throws
    /// nil: there is none.
    func keyList() throws -> [UInt8]?
    func photo(_ sha256: String) throws -> PhotoState
}

package enum PhotoState: Hashable, Sendable {
    case intact
    /// There is a file of that name with another content.
    case changed
    case missing
}

/// Where evidence lies in a vehicle's data folder.
package struct EvidencePaths: Sendable {
    package let data: String

    package init(data: String) { self.data = data }

    package var chain: String { "\(data)/evidence/chain" }
    package var keys: String { "\(data)/evidence/keys" }
    package var photos: String { "\(data)/photos" }
}

/// A vehicle's data folder, as the daemon writes it or as it was copied.
package struct FolderEvidence: EvidenceSource {
    package let name: String
    package let mayWithhold = false
    private let paths: EvidencePaths
    private let chain: ChainFolder

    /// - Throws: `EvidenceError.notFound` where there is no chain.
    package init(data: String) throws(EvidenceError) {
        name = data
        paths = EvidencePaths(data: data)
        chain = ChainFolder(paths.chain)
        guard DurableFile.exists(paths.chain) else {
            throw EvidenceError(
                .notFound,
                "\(data) holds no evidence: a folder with evidence/chain is expected, as 'patrold --data' makes it"
            )
        }
    }

    package func readLines(_ body: (_ line: [UInt8], _ isWhole: Bool, _ place: String) throws -> Bool) throws {
        for file in try chain.files() {
            var number = 0
            var goesOn = true
            try chain.readLines(file) { line, isWhole in
                number += 1
                goesOn = try body(line, isWhole, "line \(number) of \(file)")
                return goesOn
            }
            if !goesOn { return }
        }
    }

    package func keyList() throws -> [UInt8]? {
        let folder = KeyFolder(paths.keys)
        return folder.hasKeys ? try DurableFile.read(folder.listPath) : nil
    }

    package func photo(_ sha256: String) throws -> PhotoState {
        let path = EvidenceFolder.location(sha256, in: paths.photos)
        guard DurableFile.exists(path) else { return .missing }
        // A pipe in a photo's place would be waited for without end.
        guard DurableFile.isRegular(path) else { return .changed }
        return EvidenceFolder.sha256(try DurableFile.read(path)) == sha256 ? .intact : .changed
    }

    /// The bytes of the photos that a case names, by hash; those that are missing are left out.
    package func photos(of evidence: EvidenceCase) -> [String: [UInt8]] {
        let names = EvidenceRecord.photos(in: evidence.record).map(\.sha256)
        let photos = names.map { name in
            let path = EvidenceFolder.location(name, in: paths.photos)
            return (name, DurableFile.isRegular(path) ? try? DurableFile.read(path) : nil)
        }
        return Dictionary(photos) { $1 }.compactMapValues { $0 }
    }
}
