// What goes into the console's state and what comes out of it: everything it does is one of these.
package import Imaging
package import ParkingCore
package import PatrolAPI

/// A size or place on a terminal, in character cells.
package struct ScreenSize: Hashable, Sendable {
    package let columns: Int
    package let rows: Int
    package init(columns: Int, rows: Int) {
        self.columns = columns
        self.rows = rows
    }
}

package enum Key: Hashable, Sendable {
    case character(Character)
    case up, down, enter, escape, backspace
}

/// All that the daemon knows at one moment; replaces what the console knew.
package struct Snapshot: Hashable, Sendable {
    package let status: PatrolStatus
    package let reads: [ReadSummary]
    package let alerts: [AlertSummary]
    package let tickets: [TicketSummary]
    package init(status: PatrolStatus, reads: [ReadSummary], alerts: [AlertSummary], tickets: [TicketSummary]) {
        self.status = status
        self.reads = reads
        self.alerts = alerts
        self.tickets = tickets
    }
}

package enum ConsoleEvent: Sendable {
    case key(Key)
    case resized(ScreenSize)
    /// Time went on; nothing else happened.
    case tick
    case snapshot(Snapshot)
    case daemon(PatrolEvent)
    /// Cars that are overtime soon, soonest first.
    case due([DueSummary])
    /// A photo that was asked for, made small; nil: it could not be had.
    case picture(sha256: String, GreyImage?)
    case lost(ConsoleError)
    /// The daemon's answer to a decision on the alert with this id.
    case answered(UUIDv7, Result<DecisionAnswer, ConsoleError>)
    /// The daemon's answer to what was asked of a ticket's print.
    case printAnswered(TicketNumber, Result<TicketSummary, ConsoleError>)
    case signedIn(Result<ShiftState, ConsoleError>)
    /// The shift's report; `isOver`: it has just ended.
    case shiftAnswered(Result<ShiftReport, ConsoleError>, isOver: Bool)
    /// The terminal went away or the program was told to end.
    case terminate
}

package enum ConsoleCommand: Hashable, Sendable {
    case accept(UUIDv7, AcceptRequest)
    case reject(UUIDv7, RejectRequest)
    case reprint(TicketSummary, ReprintRequest)
    case cameOut(TicketSummary, CameOutRequest)
    case cancelPrint(TicketSummary)
    case void(TicketSummary, VoidRequest)
    case signIn(SignInRequest)
    case askShift
    case signOut
    case fetch(photo: String)
    case ring
    /// Ask the daemon for a snapshot: what was told does not add up.
    case reload
    case quit
}
