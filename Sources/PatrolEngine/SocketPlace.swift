// The path at which the daemon listens: it is taken only where nothing of anybody else's is lost.
internal import Foundation

#if canImport(Glibc)
internal import Glibc
#endif

struct SocketPlace {
    let path: String

    /// Makes room: a socket on which nobody answers is what a killed daemon left.
    /// - Throws: `EngineError` (`request`) for a socket on which somebody answers, and for what is no socket.
    func clear() throws(EngineError) {
        guard let found = inspect() else { return }
        guard found.isSocket else {
            throw EngineError(.request, "\(path) is there and is no socket: give the socket a path of its own")
        }
        guard !answers() else {
            throw EngineError(.request, "another process answers at \(path): stop it, or give another path")
        }
        unlink(path)
    }

    /// Which file it is, to know it again: another process may have taken the path meanwhile.
    func identity() -> UInt64? { inspect()?.inode }

    /// Takes the socket away if it is still that one.
    func remove(_ identity: UInt64?) {
        if let found = inspect(), found.isSocket, found.inode == identity { unlink(path) }
    }

    private func inspect() -> (isSocket: Bool, inode: UInt64)? {
        guard let found = try? FileManager.default.attributesOfItem(atPath: path) else { return nil }
        return (found[.type] as? FileAttributeType == .typeSocket, (found[.systemFileNumber] as? UInt64) ?? 0)
    }

    private func answers() -> Bool {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else { return false }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
            }
        }
    }
}
