// What the console knows and shows. Pure: `reduce` takes one event with its time and returns what is to be done.
package import Foundation
package import Imaging
package import ParkingCore
package import PatrolAPI

package struct ConsoleState: Sendable {
    package enum Link: Sendable {
        case connecting
        case online
        /// Since when, on the console's own monotonic clock, and why.
        case lost(since: Duration, ConsoleError)
    }

    /// What stands over the screen and takes the keys.
    package enum Dialog: Hashable, Sendable {
        case rejecting(UUIDv7)
        case typingReason(UUIDv7, String)
        /// The officer types the plate that they see; `problem` says what is wrong with what was entered.
        case typingPlate(UUIDv7, String, problem: String?)
        /// The whole alert, where its place on the screen is too small.
        case viewing(UUIDv7)
        /// The photos of an alert; beside them those of the first pass, where there was one.
        case comparing(UUIDv7)
        /// Cars that are overtime soon; the first row shown.
        case due(from: Int)
        /// Why a ticket is printed again.
        case reprinting(TicketSummary)
        /// Whether a ticket's paper came out: only the officer can know.
        case askingCameOut(TicketSummary)
        case cancellingPrint(TicketSummary)
        /// Why a ticket is made void.
        case voiding(TicketSummary)
        case signingIn(SignInForm)
        case viewingShift(ShiftReport, isOver: Bool)
        case endingShift
        case quitting
        case help
    }

    package struct Notice: Hashable, Sendable {
        package let text: String
        package let tone: Tone
        package let until: Duration
    }

    /// Reads kept for the reel; the daemon keeps them all.
    static let readsKept = 200
    static let ticketsKept = 20
    static let picturesKept = 16
    /// A key pressed this soon after the selection moved by itself was meant for the alert before.
    static let settling = Duration.milliseconds(600)
    static let noticeTime = Duration.seconds(8)
    /// Statuses in a row (one a second) that contradict the alerts shown before all is asked for again.
    static let contradictionsBorne = 3

    package let socketPath: String
    package let timeZone: TimeZone
    /// The terminal shows ASCII only: no block letters.
    package let asciiOnly: Bool
    package var language: Language
    package var size = ScreenSize(columns: 80, rows: 24)
    package internal(set) var now = Duration.zero
    package internal(set) var link = Link.connecting
    package internal(set) var status: PatrolStatus?
    package internal(set) var reads: [ReadSummary] = []
    package internal(set) var alerts: [AlertSummary] = []
    package internal(set) var tickets: [TicketSummary] = []
    package internal(set) var due: [DueSummary] = []
    /// Photos by name, the last one last; nil inside: asked for and not there yet.
    package internal(set) var pictures: [(sha256: String, image: GreyImage?)] = []
    package internal(set) var selected: UUIDv7?
    package internal(set) var dialog: Dialog?
    package internal(set) var notice: Notice?
    package internal(set) var bell = true
    /// Alerts whose decision was sent and not yet answered, with their plates.
    package internal(set) var deciding: [UUIDv7: String] = [:]
    var selectionMoved = Duration.zero
    var contradictions = 0

    package init(socketPath: String, language: Language, timeZone: TimeZone, asciiOnly: Bool = false) {
        self.asciiOnly = asciiOnly
        self.socketPath = socketPath
        self.language = language
        self.timeZone = timeZone
    }

    package var selectedIndex: Int? { alerts.firstIndex { $0.id == selected } }
    package var selectedAlert: AlertSummary? { selectedIndex.map { alerts[$0] } }
    /// The ticket that the foot shows and that 'p' is about: one that is asked about or held, oldest first; else the last.
    package var ticketInHand: TicketSummary? {
        tickets.last { $0.print == .unclear } ?? tickets.last { $0.print == .held } ?? tickets.first
    }
    package var isOnline: Bool { if case .online = link { true } else { false } }

    /// - Parameter now: time since the console started, on the monotonic clock.
    package mutating func reduce(_ event: ConsoleEvent, at now: Duration) -> [ConsoleCommand] {
        self.now = now
        if let notice, notice.until <= now { self.notice = nil }
        switch event {
        case .key(let key): return press(key)
        case .resized(let size): self.size = size
        case .tick: break
        case .snapshot(let snapshot): return take(snapshot)
        case .daemon(let event): return take(event)
        case .due(let due): self.due = due
        case .picture(let sha256, let image):
            pictures.removeAll { $0.sha256 == sha256 }
            if let image { pictures.append((sha256, image)) }
        case .lost(let error): lose(error)
        case .answered(let id, let answer): return take(answer, for: id)
        case .printAnswered(let number, let answer): return take(answer, of: number)
        case .signedIn(let answer): return take(signIn: answer)
        case .shiftAnswered(let answer, let isOver): return take(shift: answer, isOver: isOver)
        case .terminate: return [.quit]
        }
        return []
    }

    mutating func tell(_ text: String, _ tone: Tone) {
        notice = Notice(text: text, tone: tone, until: now + Self.noticeTime)
    }
}
