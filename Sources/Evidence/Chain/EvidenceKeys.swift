// The vehicle's signing key (Ed25519, RFC 8032) and its public half, by which anyone can check what the vehicle signed.
internal import Crypto
internal import Foundation

package struct EvidencePublicKey: Hashable, Sendable {
    /// 32 bytes, as RFC 8032 encodes them.
    package let raw: [UInt8]

    /// nil for what is no public key.
    init?(raw: [UInt8]) {
        guard raw.count == 32, (try? Curve25519.Signing.PublicKey(rawRepresentation: raw)) != nil else { return nil }
        self.raw = raw
    }

    /// Names the key: the first 32 hex digits of the SHA-256 of its 32 bytes.
    package var id: String { String(EvidenceFolder.sha256(raw).prefix(32)) }

    /// Keeps the parsed key at hand for many signatures.
    struct Checker: Sendable {
        private let key: Curve25519.Signing.PublicKey

        init?(_ key: EvidencePublicKey) {
            guard let parsed = try? Curve25519.Signing.PublicKey(rawRepresentation: key.raw) else { return nil }
            self.key = parsed
        }

        func isValid(_ signature: [UInt8], for bytes: some Sequence<UInt8>) -> Bool {
            signature.count == 64 && key.isValidSignature(Data(signature), for: Data(bytes))
        }
    }

    func isValid(_ signature: [UInt8], for bytes: [UInt8]) -> Bool {
        Checker(self)?.isValid(signature, for: bytes) ?? false
    }
}

package struct EvidenceSigningKey: Sendable {
    private let key: Curve25519.Signing.PrivateKey

    /// A new one, from the system's random numbers.
    package init() { key = Curve25519.Signing.PrivateKey() }

    /// - Parameter seed: 32 bytes, RFC 8032's private key; nil is returned for another length.
    package init?(seed: [UInt8]) {
        guard let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: seed) else { return nil }
        self.key = key
    }

    var seed: [UInt8] { Array(key.rawRepresentation) }

    package var publicKey: EvidencePublicKey {
        guard let publicKey = EvidencePublicKey(raw: Array(key.publicKey.rawRepresentation)) else {
            preconditionFailure("a key's own public half is one")
        }
        return publicKey
    }

    /// 64 bytes.
    /// - Throws: `EvidenceError.key` when the library cannot sign.
    func signature(for bytes: [UInt8]) throws(EvidenceError) -> [UInt8] {
        do {
            return Array(try key.signature(for: bytes))
        } catch {
            throw EvidenceError(.key, "the evidence could not be signed: \(error)")
        }
    }
}

/// The key as a file: PKCS #8 in PEM (RFC 8410), as openssl writes it, so that openssl can read it.
enum SigningKeyFile {
    /// RFC 8410: version 0, algorithm 1.3.101.112, an octet string within an octet string of 32 bytes.
    private static let prefix: [UInt8] = [
        0x30, 0x2E, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
    ]
    private static let begin = "-----BEGIN PRIVATE KEY-----"
    private static let end = "-----END PRIVATE KEY-----"

    static func text(_ key: EvidenceSigningKey) -> String {
        "\(begin)\n\(Data(prefix + key.seed).base64EncodedString())\n\(end)\n"
    }

    /// nil for what is no such key.
    static func key(_ text: String) -> EvidenceSigningKey? {
        let lines = text.split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }
        guard lines.first == begin, lines.last == end,
            let data = Data(base64Encoded: lines.dropFirst().dropLast().joined()), data.starts(with: prefix)
        else { return nil }
        return EvidenceSigningKey(seed: Array(data.dropFirst(prefix.count)))
    }
}
