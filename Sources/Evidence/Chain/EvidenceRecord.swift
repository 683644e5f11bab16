// What a bundle says of a fact: the fact itself, and all that was known around it at that moment.
internal import Foundation
package import ParkingCore
package import SyncProtocol

/// What does not change from one fact to the next.
package struct EvidenceContext: Sendable {
    /// Name and version, such as "patrold 1.0".
    package let software: String
    /// Names and versions of the networks that read the plates.
    package let models: String
    package let municipality: String
    /// IANA name; local times in documents are by it.
    package let timeZone: String
    package let officer: OfficerID
    /// Where each camera looks, degrees clockwise from straight ahead.
    package let cameraAngles: [CameraID: Double]

    package init(
        software: String,
        models: String,
        municipality: String,
        timeZone: String,
        officer: OfficerID,
        cameraAngles: [CameraID: Double]
    ) {
        self.software = software
        self.models = models
        self.municipality = municipality
        self.timeZone = timeZone
        self.officer = officer
        self.cameraAngles = cameraAngles
    }
}

package enum EvidenceRecord {
    /// - Parameters:
    ///   - fact: the fact's JSON, as the database keeps it and the server gets it.
    ///   - body: the same, as a value.
    ///   - firstPass: for overtime, the chalk mark of the first pass, with its photos.
    ///   - changes: number of the last change of the lists that the vehicle had.
    ///   - words: the judgement's reasons in sentences, by language; of reads only.
    /// - Throws: `EvidenceError.notCanonical` for what is no JSON.
    package static func json(
        fact: some Collection<UInt8>,
        body: FactBody,
        firstPass: ChalkMark?,
        changes: Int64,
        words: [Language: [String]],
        context: EvidenceContext
    ) throws -> CanonicalJSON {
        var members: [String: CanonicalJSON] = [
            "fact": try CanonicalJSON(parsing: fact),
            "municipality": .object([
                "name": .text(context.municipality), "timeZone": .text(context.timeZone),
            ]),
            "officer": .text(context.officer.text),
            "software": .text(context.software),
        ]
        guard case .read(let read) = body else { return .object(members) }
        members["models"] = .text(context.models)
        members["cameraAngleDegrees"] = context.cameraAngles[read.read.camera].map { .number($0) }
        members["lists"] = .object([
            "ageSeconds": ages(of: read.feeds, at: read.read.time), "changes": .integer(changes),
        ])
        members["words"] = .object(
            Dictionary(
                uniqueKeysWithValues: words.map { ("\($0.key)", CanonicalJSON.list($0.value.map { .text($0) })) }
            )
        )
        if let firstPass {
            members["firstPass"] = try CanonicalJSON(parsing: try WireCoding.encoder().encode(firstPass))
        }
        return .object(members)
    }

    /// By name of the list; null: never loaded. A list that is newer than the read is of age 0.
    private static func ages(of feeds: [FeedState], at time: Date) -> CanonicalJSON {
        let ages = feeds.map { state in
            let age = state.asOf.map { max(0, (time.timeIntervalSince($0) * 1000).rounded() / 1000) }
            return (state.feed.rawValue, age.map { CanonicalJSON.number($0) } ?? .null)
        }
        return .object(Dictionary(ages) { $1 })
    }

    /// SHA-256 and size of each photo that a record names, with what it shows; first those of the read.
    static func photos(in record: CanonicalJSON) -> [NamedPhoto] {
        let first = named(record["firstPass"]?["photos"], isFirstPass: true)
        let names = Set(first.map(\.sha256))
        // A read that rests on an earlier pass names that one's photos behind its own.
        let own = named(record["fact"]?["value"]?["photos"], isFirstPass: false)
        return own.filter { !names.contains($0.sha256) } + first
    }

    private static func named(_ list: CanonicalJSON?, isFirstPass: Bool) -> [NamedPhoto] {
        (list?.list ?? []).compactMap { item in
            guard let sha256 = item["sha256"]?.text else { return nil }
            // A chalk mark says only whether a photo is the close-up.
            let marked = item["isCloseUp"]?.truth.map { $0 ? "closeUp" : "context" }
            return NamedPhoto(sha256: sha256, role: item["role"]?.text ?? marked ?? "", isFirstPass: isFirstPass)
        }
    }

    struct NamedPhoto: Hashable, Sendable {
        let sha256: String
        /// "closeUp" or "context".
        let role: String
        let isFirstPass: Bool

        var words: String {
            (isFirstPass ? "first-pass " : "") + (role == "closeUp" ? "close-up" : "\(role)") + " photo"
        }
    }
}
