// What keys and daemon do to the state, and which commands come out.
import ParkingCore
import PatrolAPI
import Testing

@testable import PatrolConsole

@Suite struct ConsoleStateTests {
    @Test func acceptSendsTheChosenAlertOnceUntilItIsAnswered() throws {
        var state = try Samples.state()
        let id = try Samples.id(3)
        #expect(
            state.reduce(.key(.character("a")), at: .seconds(11)) == [.accept(id, AcceptRequest(confirmedPlate: nil))]
        )
        #expect(state.reduce(.key(.character("a")), at: .seconds(12)) == [])
        let ticket = try Samples.ticket(18, print: .queued)
        #expect(state.reduce(.answered(id, .success(DecisionAnswer(ticket: ticket))), at: .seconds(13)) == [])
        #expect(state.alerts.map(\.plate) == ["8DKT301", "AXLE907"])
        #expect(state.selectedAlert?.plate == "8DKT301")
        #expect(state.tickets.first == ticket)
        #expect(state.notice?.text == "Ticket \(ticket.number) issued to CHWR220.")
    }

    @Test func aKeyMeantForTheAlertBeforeDoesNotDecideTheNext() throws {
        var state = try Samples.state()
        _ = state.reduce(.daemon(.decided(try Samples.id(3))), at: .seconds(11))
        #expect(state.reduce(.key(.character("a")), at: .seconds(11.2)) == [])
        #expect(state.notice?.text == "8DKT301 has just moved here: look, then decide.")
        _ = state.reduce(.key(.character("r")), at: .seconds(11.7))
        #expect(state.dialog == .rejecting(try Samples.id(4)))
    }

    @Test func aSecondLookIsAcceptedOnlyWithTheTypedPlate() throws {
        var state = try Samples.state()
        _ = state.reduce(.key(.character("j")), at: .seconds(11))
        #expect(state.reduce(.key(.character("a")), at: .seconds(12)) == [])
        let id = try Samples.id(4)
        #expect(state.dialog == .typingPlate(id, "", problem: nil))
        #expect(state.reduce(.key(.enter), at: .seconds(13)) == [])
        for letter in "bdkt 3011" { _ = state.reduce(.key(.character(letter)), at: .seconds(14)) }
        _ = state.reduce(.key(.backspace), at: .seconds(15))
        #expect(state.reduce(.key(.enter), at: .seconds(16)) == [.accept(id, AcceptRequest(confirmedPlate: "BDKT301"))])
        #expect(state.dialog == nil)
    }

    @Test(arguments: [
        ("1", "permit displayed"), ("2", "wrong plate"), ("3", "loading"), ("4", "officer's discretion"),
    ])
    func rejectRecordsTheReasonInEnglishWhateverTheLanguage(digit: Character, reason: String) throws {
        var state = try Samples.state(80, 24, .fr)
        _ = state.reduce(.key(.character("r")), at: .seconds(11))
        let commands = state.reduce(.key(.character(digit)), at: .seconds(12))
        #expect(commands == [.reject(try Samples.id(3), RejectRequest(reason: reason))])
    }

    @Test func anotherReasonIsTypedAndMayNotBeEmpty() throws {
        var state = try Samples.state()
        for key in "r5" { _ = state.reduce(.key(.character(key)), at: .seconds(11)) }
        #expect(state.reduce(.key(.enter), at: .seconds(12)) == [])
        for key in " towed  already q" { _ = state.reduce(.key(.character(key)), at: .seconds(13)) }
        let commands = state.reduce(.key(.enter), at: .seconds(14))
        #expect(commands == [.reject(try Samples.id(3), RejectRequest(reason: "other: towed already q"))])
    }

    @Test func anUnknownDigitLeavesTheQuestionOpenAndEscapeClosesIt() throws {
        var state = try Samples.state()
        _ = state.reduce(.key(.character("r")), at: .seconds(11))
        #expect(state.reduce(.key(.character("6")), at: .seconds(12)) == [])
        #expect(state.dialog != nil)
        _ = state.reduce(.key(.escape), at: .seconds(13))
        #expect(state.dialog == nil)
    }

    @Test func withoutAConnectionNothingIsDecided() throws {
        var state = try Samples.state()
        _ = state.reduce(.lost(ConsoleError(.closed)), at: .seconds(11))
        #expect(state.reduce(.key(.character("a")), at: .seconds(12)) == [])
        #expect(state.notice?.tone == .bad)
        #expect(state.alerts.count == 3)
    }

    @Test func aFailedDecisionKeepsTheAlertAndAsksHowThingsStand() throws {
        var state = try Samples.state()
        let id = try Samples.id(3)
        _ = state.reduce(.key(.character("a")), at: .seconds(11))
        let refusal = ConsoleError(.refused(409, "a payment arrived meanwhile"))
        #expect(state.reduce(.answered(id, .failure(refusal)), at: .seconds(12)) == [.reload])
        #expect(state.alerts.first?.id == id && state.deciding.isEmpty)
        #expect(state.notice?.text == "ABCD123: not decided: a payment arrived meanwhile")
    }

    @Test func anAlertThatIsDecidedElsewhereClosesItsDialog() throws {
        var state = try Samples.state()
        _ = state.reduce(.key(.character("e")), at: .seconds(11))
        _ = state.reduce(.daemon(.decided(try Samples.id(3))), at: .seconds(12))
        #expect(state.dialog == nil)
        #expect(state.notice?.text == "ABCD123 waits no longer.")
    }

    @Test func newAlertsRingOnceAndNeverMoveTheSelection() throws {
        var state = try Samples.state()
        let earlier = try Samples.alert(1, "EARLY01", .noPermit, reasons: [])
        #expect(state.reduce(.daemon(.alert(earlier)), at: .seconds(11)) == [.ring])
        #expect(state.reduce(.daemon(.alert(earlier)), at: .seconds(12)) == [])
        #expect(state.alerts.map(\.plate) == ["EARLY01", "ABCD123", "8DKT301", "AXLE907"])
        #expect(state.selectedAlert?.plate == "ABCD123")
        _ = state.reduce(.key(.character("b")), at: .seconds(13))
        let later = try Samples.alert(9, "LATER01", .noPermit, reasons: [])
        #expect(state.reduce(.daemon(.alert(later)), at: .seconds(14)) == [])
    }

    @Test func readsComeNewestFirstOnceEachAndAreBounded() throws {
        var state = try Samples.state()
        for number in (10..<240 as Range<UInt8>).reversed() {
            let read = try Samples.read(number, "R\(number)", 0.9, .clear, "")
            _ = state.reduce(.daemon(.read(read)), at: .seconds(11))
            _ = state.reduce(.daemon(.read(read)), at: .seconds(11))
        }
        #expect(state.reads.count == ConsoleState.readsKept)
        #expect(state.reads.first?.plate == "R239")
        #expect(state.reads.map(\.time) == state.reads.map(\.time).sorted(by: >))
    }

    @Test func alertsThatWereLostOnTheWayAreNoticedByTheirCount() throws {
        var state = try Samples.state()
        let status = try Samples.status(alerts: 4)
        #expect(state.reduce(.daemon(.status(status)), at: .seconds(11)) == [])
        #expect(state.reduce(.daemon(.status(status)), at: .seconds(12)) == [])
        #expect(state.reduce(.daemon(.status(status)), at: .seconds(13)) == [.reload])
        _ = state.reduce(.daemon(.status(try Samples.status(alerts: 3))), at: .seconds(14))
        #expect(state.contradictions == 0)
    }

    @Test func theTimeWithoutConnectionCountsFromItsFirstMoment() throws {
        var state = try Samples.state()
        _ = state.reduce(.lost(ConsoleError(.closed)), at: .seconds(20))
        _ = state.reduce(.lost(ConsoleError(.timedOut)), at: .seconds(30))
        guard case .lost(let since, let error) = state.link else {
            Issue.record("the link is \(state.link)")
            return
        }
        #expect(since == .seconds(20) && error.code == .timedOut)
        _ = state.reduce(.snapshot(try Samples.snapshot()), at: .seconds(31))
        #expect(state.isOnline)
    }

    @Test func quitAsksFirstAndASignalDoesNot() throws {
        var state = try Samples.state()
        #expect(state.reduce(.key(.character("q")), at: .seconds(11)) == [])
        #expect(state.reduce(.key(.character("n")), at: .seconds(12)) == [])
        _ = state.reduce(.key(.character("q")), at: .seconds(13))
        #expect(state.reduce(.key(.character("y")), at: .seconds(14)) == [.quit])
        #expect(state.reduce(.terminate, at: .seconds(15)) == [.quit])
    }

    @Test func theLanguageChangesAtAKey() throws {
        var state = try Samples.state()
        _ = state.reduce(.key(.character("l")), at: .seconds(11))
        #expect(layout(state).text.contains("AUCUNE SESSION VALIDE"))
    }

    @Test func whetherATicketCameOutIsAnsweredByTwoKeysOnly() throws {
        var state = try Samples.state()
        let ticket = try Samples.ticket(9, print: .unclear, hold: .lostTrack)
        _ = state.reduce(.daemon(.ticket(ticket)), at: .seconds(11))
        #expect(state.reduce(.key(.character("p")), at: .seconds(12)) == [])
        for key in [Key.enter, .character("p"), .character("a")] {
            #expect(state.reduce(.key(key), at: .seconds(13)) == [])
            #expect(state.dialog == .askingCameOut(ticket))
        }
        #expect(
            state.reduce(.key(.character("n")), at: .seconds(14)) == [.cameOut(ticket, CameOutRequest(cameOut: false))]
        )
        #expect(state.dialog == nil)
        let refused = ConsoleError(.refused(409, "it is printed"))
        #expect(state.reduce(.printAnswered(ticket.number, .failure(refused)), at: .seconds(15)) == [.reload])
        #expect(state.notice?.text.contains("it is printed") == true)
    }

    @Test func aPrintedTicketIsPrintedAgainForAReasonAndAHeldOneGivenUp() throws {
        var state = try Samples.state()
        let printed = try Samples.ticket(18, print: .printed)
        _ = state.reduce(.daemon(.ticket(printed)), at: .seconds(11))
        _ = state.reduce(.key(.character("p")), at: .seconds(12))
        #expect(state.reduce(.key(.character("9")), at: .seconds(13)) == [])
        #expect(
            state.reduce(.key(.character("2")), at: .seconds(14)) == [.reprint(printed, ReprintRequest(reason: "lost"))]
        )
        let held = try Samples.ticket(19, print: .held, hold: .paperOut)
        _ = state.reduce(.daemon(.ticket(held)), at: .seconds(15))
        _ = state.reduce(.key(.character("p")), at: .seconds(16))
        #expect(state.dialog == .cancellingPrint(held))
        #expect(state.reduce(.key(.character("x")), at: .seconds(17)) == [])
        _ = state.reduce(.key(.character("p")), at: .seconds(18))
        #expect(state.reduce(.key(.character("y")), at: .seconds(19)) == [.cancelPrint(held)])
    }
}
