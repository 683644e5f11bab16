// Signing in, the shift's report and voiding a ticket, from key to command and as an officer sees them.
import Foundation
import ParkingCore
import PatrolAPI
import Testing

@testable import PatrolConsole

@Suite struct ShiftScreenTests {
    private func state(_ columns: Int = 80, _ rows: Int = 24, _ language: Language = .en) throws -> ConsoleState {
        let snapshot = try Samples.snapshot()
        let shift = ShiftState(isSignInNeeded: true, officer: nil, since: nil)
        return try Samples.state(
            columns,
            rows,
            language,
            snapshot: Snapshot(
                status: try Samples.status(alerts: snapshot.alerts.count, shift: shift),
                reads: snapshot.reads,
                alerts: snapshot.alerts,
                tickets: snapshot.tickets
            )
        )
    }

    private func type(_ text: String, into state: inout ConsoleState) -> [ConsoleCommand] {
        text.flatMap { state.reduce(.key($0 == "\n" ? .enter : .character($0)), at: .seconds(20)) }
    }

    private func report() throws -> ShiftReport {
        var tally = ShiftTally()
        tally.reads = 1274
        tally.clearByReason = ["session": 1031, "permit": 170, "noRule": 30]
        tally.alertsByKind = ["noSession": 31, "scofflaw": 2]
        tally.secondLooks = 10
        tally.accepted = 29
        tally.rejectedByReason = ["permit displayed": 7, "wrong plate": 3, "loading": 2, "other": 1]
        tally.waiting = 1
        tally.tickets = 27
        tally.fineCents = 108_050
        tally.voids = 1
        return ShiftReport(
            shift: try Samples.id(90),
            vehicle: try VehicleID("unit-7"),
            officer: try OfficerID("4711"),
            startedAt: Samples.noon,
            endedAt: Samples.noon.addingTimeInterval(7.5 * 3600),
            tally: tally,
            distanceMetres: 83_460,
            coverage: [
                ZoneCoverage(zone: try ZoneID("KSW"), name: "King Street West", share: 0.914),
                ZoneCoverage(zone: try ZoneID("MKT"), name: "Market Square", share: 0.4),
            ]
        )
    }

    @Test func theQuestionForBadgeAndPINStandsByItselfAndSendsBoth() throws {
        var state = try state()
        #expect(state.dialog == .signingIn(SignInForm()))
        #expect(type("\n", into: &state) == [])
        _ = state.reduce(.key(.up), at: .seconds(20))
        let commands = type("4711\n271828\n", into: &state)
        #expect(commands == [.signIn(SignInRequest(badge: try OfficerID("4711"), pin: "271828"))])
        #expect(type("9\n", into: &state) == [])
        let text = layout(state).text
        #expect(text.contains("4711") && text.contains("******") && !text.contains("271828"))
        _ = state.reduce(.signedIn(.failure(ConsoleError(.refused(403, "badge or PIN is wrong")))), at: .seconds(21))
        #expect(layout(state).text.contains("badge or PIN is wrong"))
        #expect(type("271828\n", into: &state).count == 1)
        let duty = ShiftState(isSignInNeeded: false, officer: try OfficerID("4711"), since: Samples.noon)
        #expect(state.reduce(.signedIn(.success(duty)), at: .seconds(22)) == [.reload])
        #expect(state.dialog == nil && state.notice?.text == "Officer 4711 is on duty.")
    }

    @Test func aShiftIsEndedByTwoKeysAndNotByOne() throws {
        var state = try Samples.state()
        _ = state.reduce(.shiftAnswered(.success(try report()), isOver: false), at: .seconds(20))
        #expect(type("x", into: &state) == [])
        #expect(state.dialog == .endingShift)
        #expect(type("n", into: &state) == [] && state.dialog == nil)
        _ = state.reduce(.shiftAnswered(.success(try report()), isOver: false), at: .seconds(21))
        #expect(type("xy", into: &state) == [.signOut])
        #expect(state.reduce(.shiftAnswered(.success(try report()), isOver: true), at: .seconds(22)) == [.reload])
        #expect(type("x", into: &state) == [] && state.dialog == nil)
    }

    @Test func aTicketIsMadeVoidWithAReasonOnce() throws {
        var state = try Samples.state()
        let ticket = try #require(state.ticketInHand)
        #expect(type("x0", into: &state) == [])
        #expect(type("1", into: &state) == [.void(ticket, VoidRequest(reason: "wrong plate"))])
        let void = TicketSummary(
            id: ticket.id,
            number: ticket.number,
            plate: ticket.plate,
            issuedAt: ticket.issuedAt,
            infraction: ticket.infraction,
            fineCents: ticket.fineCents,
            print: ticket.print,
            detail: ticket.detail,
            voided: "wrong plate"
        )
        _ = state.reduce(.printAnswered(ticket.number, .success(void)), at: .seconds(21))
        #expect(layout(state).text.contains("VOID"))
        #expect(type("x", into: &state) == [] && state.dialog == nil)
    }

    @Test(arguments: [(80, 24), (132, 43)], Language.allCases)
    func theReportFitsTheScreen(size: (Int, Int), language: Language) throws {
        var state = try Samples.state(size.0, size.1, language)
        _ = state.reduce(.shiftAnswered(.success(try report()), isOver: false), at: .seconds(20))
        let screen = layout(state)
        for word in ["1274", "27", "$1080.50", "83.5 km", "98 %", "91 %", "King Street West", "permit displayed"] {
            #expect(screen.text.contains(word), "\(word) at \(size):\n\(screen.text)")
        }
        #expect(screen.rows.allSatisfy { $0.count == size.0 })
    }
}
