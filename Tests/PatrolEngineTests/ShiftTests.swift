// Signing in and out at the desk: who may, how often it may be tried, and what follows.
import Foundation
import ParkingCore
import PatrolAPI
import PatrolStore
import SyncProtocol
import Testing

@testable import PatrolEngine

@Suite struct SignInGuardTests {
    @Test func `each wrong PIN beyond three doubles the wait, and a right one ends it`() throws {
        var limits = SignInGuard()
        let badge = try OfficerID("4711")
        var waits: [Double] = []
        var now = 0.0
        for _ in 0..<14 {
            limits.failed(badge, at: now)
            let wait = limits.wait(for: badge, at: now)
            waits.append(wait)
            now += wait
        }
        #expect(Array(waits.prefix(6)) == [0, 0, 2, 4, 8, 16])
        #expect(waits.last == SignInGuard.longestSeconds)
        #expect(limits.wait(for: badge, at: now + 1) == 0)
        limits.succeeded(badge)
        limits.failed(badge, at: now)
        #expect(limits.wait(for: badge, at: now) == 0)
    }

    @Test func `going from badge to badge is slowed down too`() throws {
        var limits = SignInGuard()
        for index in 0..<12 { limits.failed(try OfficerID("badge-\(index)"), at: 0) }
        #expect(limits.wait(for: try OfficerID("another"), at: 0) >= 8)
    }
}

@Suite struct OfficersTests {
    private let path = FileManager.default.temporaryDirectory.appending(path: "officers-\(UUID().uuidString)").path

    @Test func `a badge is let in with its PIN alone, and the file is for its owner`() async throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        let badge = try OfficerID("4711")
        var officers = try Officers(path: path)
        try await officers.set(badge, pin: "271828")
        try await officers.set(try OfficerID("4712"), pin: "141421")
        let read = try Officers(path: path)
        #expect(read.badges.map(\.text) == ["4711", "4712"])
        #expect(try await read.accepts(badge, pin: "271828"))
        #expect(try await !read.accepts(badge, pin: "141421"))
        #expect(try await !read.accepts(try OfficerID("4713"), pin: "271828"))
        let text = try String(contentsOfFile: path, encoding: .utf8)
        #expect(text.contains("$argon2id$v=19$m=65536,t=3,p=4$") && !text.contains("271828"))
        #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o600)
        try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: path)
        let error = #expect(throws: EngineError.self) { try Officers(path: path) }
        #expect(error?.message.contains("chmod 600") == true)
    }

    @Test(arguments: ["12345", "1234567890123", "12345a", "111111", "123456", "987654", ""])
    func `a PIN that is short, no number or guessed first is refused`(pin: String) async throws {
        var officers = try Officers(path: path)
        await #expect(throws: EngineError.self) { try await officers.set(try OfficerID("1"), pin: pin) }
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test func `a line that is none of ours is named`() throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Data("# head\n4711 plain-pin\n".utf8).write(to: URL(filePath: path))
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
        let error = #expect(throws: EngineError.self) { try Officers(path: path) }
        #expect(error?.message.contains("\(path):2") == true)
    }
}

@Suite struct ShiftTests {
    @Test func `nothing is decided before an officer signs in; then decisions bear that badge`() async throws {
        let patrol = try await Patrol()
        let file = patrol.folder.appending(path: "officers").path
        var officers = try Officers(path: file)
        let badge = try OfficerID("4711")
        try await officers.set(badge, pin: "271828")
        await patrol.desk.admit(officers, pages: ShiftPages(folder: patrol.folder.appending(path: "shifts").path))
        let fact = try await patrol.desk.handle(try patrol.pass("DBRN937"))
        let id = fact.read.id
        #expect(try await patrol.desk.status().shift?.isSignInNeeded == true)
        let refused = await #expect(throws: EngineError.self) {
            try await patrol.desk.accept(id, AcceptRequest(confirmedPlate: nil))
        }
        #expect(refused?.code == .notSignedIn)
        for pin in ["000000", "271829"] {
            await #expect(throws: EngineError.self) {
                try await patrol.desk.signIn(SignInRequest(badge: badge, pin: pin))
            }
        }
        await #expect(throws: EngineError.self) {
            try await patrol.desk.signIn(SignInRequest(badge: badge, pin: "271828", zones: [try ZoneID("nowhere")]))
        }
        let state = try await patrol.desk.signIn(SignInRequest(badge: badge, pin: "271828"))
        #expect(!state.isSignInNeeded && state.officer == badge)
        let answer = try await patrol.desk.accept(id, AcceptRequest(confirmedPlate: nil))
        let ticket = try #require(answer.ticket)
        #expect(try await patrol.store.ticket(ticket.id)?.ticket.officer == badge)
        let void = try await patrol.desk.void(ticket.id, VoidRequest(reason: "wrong plate"))
        #expect(void.voided == "wrong plate")
        let report = try await patrol.desk.signOut()
        #expect(report.officer == badge && report.tally.tickets == 1 && report.tally.voids == 1)
        #expect(report.coverage.count == report.coverage.filter { (0...1).contains($0.share) }.count)
        #expect(try await patrol.desk.status().shift?.isSignInNeeded == true)
        let pages = try FileManager.default.contentsOfDirectory(atPath: patrol.folder.appending(path: "shifts").path)
        #expect(pages.count { $0.hasSuffix(".pdf") } == 1)
        let kinds = try await patrol.store.outbox(after: 0).map(\.body.kind)
        #expect(kinds.suffix(5) == [.shiftStart, .decision, .ticket, .void, .shiftEnd])
    }

    @Test func `what the officer writes of the vehicle stands beside what the camera proposed`() async throws {
        let patrol = try await Patrol()
        let fact = try await patrol.desk.handle(try patrol.pass("DBRN937"))
        let ticket = try #require(try await patrol.desk.accept(fact.read.id, AcceptRequest(confirmedPlate: nil)).ticket)
        let request = CorrectRequest(plateExpiry: "2027-04", make: " Toyota ", reason: "as seen")
        let details = try await patrol.desk.correct(ticket.id, request)
        #expect(details.make?.text == "Toyota" && details.plateExpiry?.source == .officer)
        await #expect(throws: EngineError.self) {
            try await patrol.desk.correct(ticket.id, CorrectRequest(plateExpiry: "April", reason: "as seen"))
        }
        await #expect(throws: EngineError.self) {
            try await patrol.desk.correct(ticket.id, CorrectRequest(reason: "x"))
        }
    }
}
