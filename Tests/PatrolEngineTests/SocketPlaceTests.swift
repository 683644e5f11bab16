// The daemon's socket: a dead one is replaced, what belongs to somebody else stays.
import Foundation
import Testing

@testable import PatrolEngine

#if canImport(Glibc)
import Glibc
#endif

@Suite struct SocketPlaceTests {
    private let folder = "/tmp/patrol-socket-\(UUID().uuidString.prefix(8))"

    init() throws { try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true) }

    private func bound(_ path: String) throws -> Int32 {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        try #require(result == 0 && listen(descriptor, 4) == 0)
        return descriptor
    }

    @Test func `a folder or a file at the socket's path stays, and is named`() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let precious = "\(folder)/data/f"
        try FileManager.default.createDirectory(atPath: "\(folder)/data", withIntermediateDirectories: true)
        try Data("precious".utf8).write(to: URL(filePath: precious))
        for path in ["\(folder)/data", precious] {
            let error = #expect(throws: EngineError.self) { try SocketPlace(path: path).clear() }
            #expect(error.map { "\($0)".contains(path) } == true)
        }
        #expect(try String(contentsOfFile: precious, encoding: .utf8) == "precious")
        try SocketPlace(path: "\(folder)/new.sock").clear()
    }

    @Test func `a socket that answers is another's; one that does not is what a killed process left`() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let path = "\(folder)/patrol.sock"
        let place = SocketPlace(path: path)
        let first = try bound(path)
        let identity = try #require(place.identity())
        #expect(throws: EngineError.self) { try place.clear() }
        #expect(place.identity() == identity)
        close(first)
        try place.clear()
        #expect(place.identity() == nil)
        // What took the path since is not taken away by the one that had it before.
        let second = try bound(path)
        defer { close(second) }
        place.remove(0)
        #expect(place.identity() != nil)
        place.remove(place.identity())
        #expect(place.identity() == nil)
    }
}
