// The lines along the edges: header and health above, last ticket, notice and keys below.
internal import Foundation
internal import ParkingCore
internal import PatrolAPI

extension Layout {
    mutating func drawHeader() {
        screen.fill(Area(x: 0, y: 0, width: size.columns, height: 1), Style(.bar))
        var x = screen.put(" Curbside Patrol", Style(.bar, bold: true), x: 0, y: 0)
        guard let status = state.status else { return }
        let clock = words.clock(status.now) + " "
        let room = size.columns - clock.count - 1
        x = screen.put(
            "  \(status.vehicle)  \(Phrase.officer.text(language, status.officer.text))  \(status.source)",
            Style(.bar),
            x: x,
            y: 0,
            limit: room - x - 18
        )
        x += 2
        let phase = words.phase(status.phase)
        x = screen.put(phase.text, Style(phase.tone, bold: true), x: x, y: 0, limit: room - x)
        if let progress = status.progress, status.phase == .running {
            x = screen.put(" " + words.percent(progress) + " ", Style(.bar, bold: true), x: x, y: 0, limit: room - x)
            let bar = min(30, room - x - 1)
            if bar >= 8 {
                let full = Int((Double(bar) * min(max(0, progress), 1)).rounded(.down))
                let text = String(repeating: "█", count: full) + String(repeating: "░", count: bar - full)
                screen.put(text, Style(.bar), x: x, y: 0)
            }
        }
        screen.put(clock, Style(.bar, bold: true), x: size.columns - clock.count, y: 0)
    }

    mutating func drawHealth() {
        if case .lost(let since, let error) = state.link {
            let seconds = Double((state.now - since).components.seconds)
            screen.fill(Area(x: 0, y: 1, width: size.columns, height: 1), Style(.alarm, bold: true))
            screen.put(
                " " + Phrase.lostFor.text(language, words.age(seconds: seconds), error.sentence(in: language)),
                Style(.alarm, bold: true),
                x: 0,
                y: 1
            )
        } else if let status = state.status {
            drawDevices(status)
        }
        guard let status = state.status else { return }
        var spans = size.columns < Self.wideColumns ? [Span(" ")] : [Span(" \(Phrase.lists.text(language))  ", .quiet)]
        for feed in status.feeds {
            let age = feed.asOf.map { max(0, status.now.timeIntervalSince($0)) }
            let text = age.map { words.age(seconds: $0) } ?? Phrase.never.text(language)
            let tone = age.map { words.tone(feedAge: $0) } ?? .bad
            spans += [Span(words.feed(feed.feed) + " "), Span(text, tone, bold: tone == .bad), Span("  ")]
        }
        screen.put(spans, x: 0, y: 2, limit: size.columns)
    }

    /// Every device with its mark, what is unsent and lost, and as much of the first fault's words as fits.
    private mutating func drawDevices(_ status: PatrolStatus) {
        var spans = [Span(" ")]
        for device in status.devices {
            let shown = words.device(device.state)
            spans += [
                Span(shown.mark + " ", shown.tone, bold: true),
                Span(device.name + "  ", device.state == .good ? .plain : shown.tone, bold: device.state != .good),
            ]
        }
        spans.append(Span(Phrase.unsent.text(language, "\(status.unsent)"), status.unsent > 0 ? .warn : .quiet))
        let faults = status.devices.filter { $0.state != .good }
        if let fault = faults.first(where: { $0.state == .absent }) ?? faults.first {
            spans.append(Span("  \(fault.name): \(fault.detail)", words.device(fault.state).tone))
        }
        if status.framesDropped > 0 {
            spans.append(Span("  " + Phrase.dropped.text(language, "\(status.framesDropped)"), .warn))
        }
        screen.put(spans, x: 0, y: 1, limit: size.columns)
    }

    mutating func drawFoot() {
        let y = size.rows - 3
        screen.fill(Area(x: 0, y: y, width: size.columns, height: 1))
        if let ticket = state.ticketInHand {
            let print = words.print(ticket.print)
            let void = ticket.voided.map { _ in [Span(" " + Phrase.void.text(language), .bad, bold: true)] } ?? []
            let copy = ticket.copy > 0 ? [Span(" " + Phrase.copy.text(language, "\(ticket.copy)"), .info)] : []
            // How printing stands must be seen on the narrowest screen, and what holds it before what it is for.
            let matter = "\(words.money(cents: ticket.fineCents)) \(ticket.infraction)"
            let trouble = ticket.hold?.words[language] ?? ticket.detail
            let isTrouble = ticket.print == .held || ticket.print == .unclear
            let rest = isTrouble ? [trouble, matter] : [matter, trouble]
            screen.put(
                [
                    Span(" \(Phrase.ticket.text(language)) ", .quiet), Span(ticket.number.text, bold: true),
                    Span(" \(words.clock(ticket.issuedAt)) "), Span(ticket.plate, bold: true), Span(" "),
                    Span(print.text, print.tone, bold: true),
                ] + void + copy + [Span(" " + rest[0], isTrouble ? .bad : .plain), Span("  " + rest[1], .quiet)],
                x: 0,
                y: y,
                limit: size.columns
            )
        } else if state.status != nil {
            screen.put(" " + Phrase.noTicket.text(language), Style(.quiet), x: 0, y: y)
        }
        if let notice = state.notice {
            screen.put(" " + notice.text, Style(notice.tone, bold: true), x: 0, y: y + 1, limit: size.columns)
        } else {
            drawDueLine(y: y + 1)
        }
        let keys: [(String, Phrase)] = [
            ("a", .keyAccept), ("r", .keyReject), ("e", .keyPlate), ("j/k", .keyChoose),
            ("s", .keyShift), ("l", .keyLanguage), ("?", .keyHelp), ("q", .keyQuit),
        ]
        let spans = keys.flatMap { [Span(" \($0)", .info, bold: true), Span(" \($1.text(language)) ", .quiet)] }
        screen.put(spans, x: 0, y: y + 2, limit: size.columns)
    }
}
