// Who may sign in: badges with what Argon2id makes of their PINs, in a file that the daemon's user alone may read.
//
// Of a PIN of six digits little is left once the file is stolen, however slow each guess is made: the file's mode is
// what protects it, Argon2id what makes a thief wait. Parameters are RFC 9106's second recommendation: 3 passes over
// 64 MiB in 4 lanes, a salt of 16 bytes, 32 bytes kept; some 0.2 s for one core.
internal import CArgon2
internal import Dispatch
internal import DurableFiles
internal import Foundation
package import ParkingCore

#if canImport(Glibc)
internal import Glibc
#endif

package struct Officers: Sendable {
    package let path: String
    /// Each badge with its encoded hash ("$argon2id$v=19$m=65536,t=3,p=4$...").
    private var hashes: [OfficerID: String] = [:]

    /// What a PIN may be: digits alone, for a keypad.
    package static let pinDigits = 6...12

    private static let passes: UInt32 = 3
    private static let memoryKibibytes: UInt32 = 65_536
    private static let lanes: UInt32 = 4
    private static let saltBytes = 16
    private static let hashBytes = 32
    private static let queue = DispatchQueue(label: "officers")

    /// Reads the file; one that is not there holds nobody.
    /// - Throws: `EngineError` for a file that others may read, and for a line that is none of ours, by number.
    package init(path: String) throws(EngineError) {
        self.path = path
        guard DurableFile.exists(path) else { return }
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        guard let mode = (attributes?[.posixPermissions] as? NSNumber)?.intValue, mode & 0o077 == 0 else {
            throw EngineError(.request, "others may read \(path), which holds the officers' PINs: chmod 600 \(path)")
        }
        let text: String
        do {
            text = String(decoding: try DurableFile.read(path), as: UTF8.self)
        } catch {
            throw EngineError(.request, "the officers' file: \(error)")
        }
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            if line.isEmpty || line.hasPrefix("#") { continue }
            let parts = line.split(separator: " ")
            guard parts.count == 2, let badge = try? OfficerID(String(parts[0])), parts[1].hasPrefix("$argon2id$")
            else {
                throw EngineError(
                    .request,
                    "\(path):\(index + 1): no badge with its hash; make the officer anew with 'patrold officers add'"
                )
            }
            hashes[badge] = String(parts[1])
        }
    }

    package var badges: [OfficerID] { hashes.keys.sorted() }

    /// Adds an officer, or gives one another PIN, and writes the file (mode 0600).
    package mutating func set(_ badge: OfficerID, pin: String) async throws {
        if let problem = Officers.problem(pin: pin) { throw EngineError(.request, problem) }
        hashes[badge] = try await Officers.onQueue { try Officers.hash(pin) }
        try write()
    }

    /// - Throws: `EngineError` for a badge that is not there.
    package mutating func remove(_ badge: OfficerID) throws {
        guard hashes.removeValue(forKey: badge) != nil else {
            throw EngineError(.request, "there is no officer \(badge) in \(path)")
        }
        try write()
    }

    /// Whether the PIN is the badge's. Takes as long for a badge that is not there.
    package func accepts(_ badge: OfficerID, pin: String) async throws -> Bool {
        let known = hashes[badge]
        return try await Officers.onQueue {
            guard let known else {
                _ = try Officers.hash(pin)
                return false
            }
            return Officers.verify(pin, known)
        }
    }

    /// What is wrong with a PIN; nil: nothing.
    package static func problem(pin: String) -> String? {
        guard pinDigits.contains(pin.utf8.count), pin.utf8.allSatisfy({ (48...57).contains($0) }) else {
            return "a PIN has \(pinDigits.lowerBound) to \(pinDigits.upperBound) digits"
        }
        let steps = Set(zip(pin.utf8, pin.utf8.dropFirst()).map { Int($1) - Int($0) })
        return steps.count == 1
            ? "a PIN that repeats one digit or counts up or down is guessed first; take another" : nil
    }

    private func write() throws(EngineError) {
        let head = "# Badges and what Argon2id made of their PINs; written by 'patrold officers'.\n"
        let lines = hashes.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)\n" }.joined()
        do {
            try DurableFile.write(Array((head + lines).utf8), to: path, replace: true)
        } catch {
            throw EngineError(.request, "the officers' file: \(error)")
        }
    }

    // MARK: Argon2; slow by intention

    private static func onQueue<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Result(catching: body)) }
        }
    }

    private static func hash(_ pin: String) throws -> String {
        var generator = SystemRandomNumberGenerator()
        let salt = (0..<saltBytes).map { _ in UInt8.random(in: 0...255, using: &generator) }
        let length = argon2_encodedlen(
            passes,
            memoryKibibytes,
            lanes,
            UInt32(saltBytes),
            UInt32(hashBytes),
            Argon2_id
        )
        var encoded = [CChar](repeating: 0, count: length)
        let code = argon2id_hash_encoded(
            passes,
            memoryKibibytes,
            lanes,
            pin,
            pin.utf8.count,
            salt,
            saltBytes,
            hashBytes,
            &encoded,
            length
        )
        guard code == ARGON2_OK.rawValue else {
            throw EngineError(.request, "the PIN could not be hashed: \(String(cString: argon2_error_message(code)))")
        }
        return String(decoding: encoded.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private static func verify(_ pin: String, _ encoded: String) -> Bool {
        argon2id_verify(encoded, pin, pin.utf8.count) == ARGON2_OK.rawValue
    }
}
