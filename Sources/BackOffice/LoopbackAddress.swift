// Where the back office may listen while it speaks plain HTTP: on this machine only.
internal import Foundation

enum LoopbackAddress {
    /// - Throws: `BackOfficeError.address` with the reason, for any address that another machine could reach.
    static func require(_ host: String) throws(BackOfficeError) {
        guard isLoopback(host) else {
            throw BackOfficeError(
                .address,
                "'\(host.prefix(80))' can be reached from other machines, and plates would travel readable by anyone: "
                    + "plain HTTP is served on 127.0.0.1, ::1 or localhost only; HTTPS with a key for each vehicle "
                    + "will come, until then use an SSH tunnel (ssh -L)"
            )
        }
    }

    /// "127.0.0.1:8311", "[::1]:8311", "localhost".
    static func isLoopback(authority: String) -> Bool {
        if authority.hasPrefix("[") {
            return isLoopback(String(authority.dropFirst().prefix { $0 != "]" }))
        }
        return isLoopback(String(authority.prefix { $0 != ":" }))
    }

    static func isLoopback(_ host: String) -> Bool {
        if host == "localhost" || host == "::1" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127"
            && parts.allSatisfy { part in part.count <= 3 && part.allSatisfy(\.isASCII) && UInt8(part) != nil }
    }
}
