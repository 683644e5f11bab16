// Times, ages, money and shares as the console writes them in each language.
internal import Foundation
internal import ParkingCore
internal import PatrolAPI

struct Wording {
    let language: Language
    let timeZone: TimeZone

    /// "14:03:05"
    func clock(_ date: Date) -> String {
        let local = Int((date.timeIntervalSince1970 + Double(timeZone.secondsFromGMT(for: date))).rounded(.down))
        let second = ((local % 86_400) + 86_400) % 86_400
        func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
        return "\(two(second / 3600)):\(two(second / 60 % 60)):\(two(second % 60))"
    }

    /// "12 s", "4 min", "3 h", "2 d"
    func age(seconds: Double) -> String {
        let whole = Int(min(max(0, seconds), 1e9))
        switch whole {
        case ..<100: return "\(whole) s"
        case ..<6_000: return "\(whole / 60) min"
        case ..<172_800: return "\(whole / 3_600) h"
        default: return "\(whole / 86_400) " + (language == .en ? "d" : "j")
        }
    }

    /// "4:05" minutes and seconds, "2:04:05" with hours.
    func duration(seconds: Double) -> String {
        let whole = Int(min(max(0, abs(seconds)), 1e9).rounded())
        func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
        let rest = "\(two(whole / 60 % 60)):\(two(whole % 60))"
        return whole < 3600 ? "\(whole / 60):\(two(whole % 60))" : "\(whole / 3600):\(rest)"
    }

    /// Rounded down, so that nothing unsure ever reads as 100.
    func percent(_ share: Double) -> String {
        let whole = Int((min(max(0, share), 1) * 100 + 1e-9).rounded(.down))
        return language == .en ? "\(whole)%" : "\(whole) %"
    }

    /// As `percent`, but what is possible never reads as impossible.
    func chance(_ share: Double) -> String { share > 0 && share < 0.01 ? "<" + percent(0.01) : percent(share) }

    /// "$40.00", "40,00 $"
    func money(cents: Int) -> String {
        let rest = cents % 100
        let digits = rest < 10 ? "0\(rest)" : "\(rest)"
        return language == .en ? "$\(cents / 100).\(digits)" : "\(cents / 100),\(digits) $"
    }

    func phase(_ phase: PatrolStatus.Phase) -> (text: String, tone: Tone) {
        switch phase {
        case .starting: (Phrase.phaseStarting.text(language), .bar)
        case .running: (Phrase.phaseRunning.text(language), .bar)
        case .finished: (Phrase.phaseFinished.text(language), .bar)
        case .failed: (Phrase.phaseFailed.text(language), .alarm)
        }
    }

    func answer(_ answer: ReadSummary.Answer) -> (text: String, tone: Tone) {
        switch answer {
        case .clear: (Phrase.answerClear.text(language), .good)
        case .alert: (Phrase.answerAlert.text(language), .bad)
        case .secondLook: (Phrase.answerLook.text(language), .warn)
        }
    }

    func kind(_ kind: AlertSummary.Kind) -> (long: String, short: String, tone: Tone) {
        let (long, short, tone): (Phrase, Phrase, Tone) =
            switch kind {
            case .noSession: (.kindNoSession, .kindNoSessionShort, .bad)
            case .noPermit: (.kindNoPermit, .kindNoPermitShort, .bad)
            case .overtime: (.kindOvertime, .kindOvertimeShort, .bad)
            case .banned: (.kindBanned, .kindBannedShort, .bad)
            case .sharedPermit: (.kindSharedPermit, .kindSharedPermitShort, .bad)
            case .scofflaw: (.kindScofflaw, .kindScofflawShort, .alarm)
            case .watchlist: (.kindWatchlist, .kindWatchlistShort, .info)
            case .secondLook: (.kindSecondLook, .kindSecondLookShort, .warn)
            }
        return (long.text(language), short.text(language), tone)
    }

    func print(_ print: TicketSummary.Print) -> (text: String, tone: Tone) {
        switch print {
        case .queued: (Phrase.printQueued.text(language), .plain)
        case .printing: (Phrase.printPrinting.text(language), .info)
        case .printed: (Phrase.printPrinted.text(language), .good)
        case .held: (Phrase.printHeld.text(language), .bad)
        case .unclear: (Phrase.printUnclear.text(language), .alarm)
        case .cancelled: (Phrase.printCancelled.text(language), .warn)
        }
    }

    func feed(_ feed: Feed) -> String {
        let phrase: Phrase =
            switch feed {
            case .permits: .feedPermits
            case .sessions: .feedSessions
            case .exemptions: .feedExemptions
            case .scofflaws: .feedScofflaws
            case .watchlist: .feedWatchlist
            }
        return phrase.text(language)
    }

    func device(_ state: DeviceStatus.State) -> (mark: String, tone: Tone) {
        switch state {
        case .good: ("●", .good)
        case .degraded: ("◐", .warn)
        case .absent: ("○", .bad)
        }
    }

    /// A feed this old deserves a glance, then worry. What is too old to ticket is the daemon's to judge.
    func tone(feedAge seconds: Double) -> Tone { seconds < 300 ? .good : seconds < 1_800 ? .warn : .bad }
}
