// Which rules hold in a zone at an instant, and why each does or does not: what judge, simulation and clerk go by.
package import Foundation

/// One rule of a zone at one instant.
package struct RuleInForce: Hashable, Sendable, Codable {
    package let rule: ParkingRule
    package let isInForce: Bool
    /// Why it holds, or why it does not.
    package let reasons: [RuleReason]
    /// Since when it has held without a break; nil: it does not, or for longer than two days.
    package let since: Date?
    /// Until when it holds without a break; nil: it does not, or for longer than two days more.
    package let until: Date?
}

package enum RuleReason: Hashable, Sendable, Codable {
    /// A schedule of the rule covers the instant.
    case schedule
    /// None of its schedules does: why, for each of them.
    case gap(ScheduleGap)
    /// A temporary change declares what the rule waits for, adds the rule, or takes it away.
    case declared(LocalizedText, until: Date)
    case added(LocalizedText, until: Date)
    case suspended(LocalizedText, until: Date)
    /// The rule waits for a declaration, and there is none.
    case notDeclared(String)
}

extension City {
    /// How far around an instant `since` and `until` are looked for.
    private static let horizonSeconds = 2 * 86_400.0

    /// Every rule of the zone at that instant, in force or not, in the order of the file, then those that a temporary
    /// change adds. Unknown zone: none.
    package func rules(in zone: ZoneID, at time: Date) -> [RuleInForce] {
        guard let found = self.zone(zone) else { return [] }
        let changes = runningChanges(in: zone, at: time)
        let added = changes.flatMap { change -> [ParkingRule] in
            if case .add(let rules) = change.change.effect { rules } else { [] }
        }
        var seen: Set<RuleID> = []
        return (found.rules + added).compactMap { rule in
            guard seen.insert(rule.id).inserted else { return nil }
            return state(of: rule, in: found, at: time, changes: changes)
        }
    }

    /// Whether any rule of the zone holds at that instant.
    package func hasRuleInForce(in zone: Zone, at time: Date) -> Bool {
        let changes = runningChanges(in: zone.zone, at: time)
        let local = LocalTime(time, timeZone: clock)
        let added = changes.flatMap { change -> [ParkingRule] in
            if case .add(let rules) = change.change.effect { rules } else { [] }
        }
        return (zone.rules + added).contains { rule in
            reasons(for: rule, in: zone, local: local, changes: changes).isInForce
        }
    }

    /// The spans within `range` in which a rule holds in a zone, its schedules, declarations and suspensions reckoned in.
    package func spans(of rule: ParkingRule, in zone: ZoneID, within range: Range<Date>) -> [Range<Date>] {
        let clock = clock
        let concerned = temporaryChanges.filter { $0.concerns(zone) }
        func span(_ change: TemporaryChange) -> Range<Date> { change.span(in: clock).clamped(to: range) }
        var spans = rule.schedules.flatMap { $0.spans(in: range, holidays: holidays, timeZone: clock) }.merged()
        if let declaration = rule.declaration {
            spans = spans.intersected(with: concerned.filter { $0.effect == .declare(declaration) }.map(span).merged())
        }
        let isOwn = self.zone(zone)?.rules.contains { $0.id == rule.id } ?? false
        if !isOwn { spans = spans.intersected(with: concerned.filter { $0.adds(rule.id) }.map(span).merged()) }
        return spans.subtracting(concerned.filter { $0.suspends(rule.id, own: isOwn) }.map(span))
    }

    /// Temporary changes that concern a zone and run at an instant, or start within `seconds` after it.
    package func changes(in zone: ZoneID, at time: Date, within seconds: Double = 0) -> [TemporaryChange] {
        let clock = clock
        return temporaryChanges.filter { change in
            guard change.concerns(zone) else { return false }
            let span = change.span(in: clock)
            return span.lowerBound <= time.addingTimeInterval(seconds) && time < span.upperBound
        }
    }

    // MARK: One rule

    private struct RunningChange {
        let change: TemporaryChange
        let until: Date
    }

    private func runningChanges(in zone: ZoneID, at time: Date) -> [RunningChange] {
        guard !temporaryChanges.isEmpty else { return [] }
        let clock = clock
        return temporaryChanges.compactMap { change in
            guard change.concerns(zone) else { return nil }
            let span = change.span(in: clock)
            return span.contains(time) ? RunningChange(change: change, until: span.upperBound) : nil
        }
    }

    private func reasons(
        for rule: ParkingRule,
        in zone: Zone,
        local: LocalTime,
        changes: [RunningChange]
    ) -> (isInForce: Bool, reasons: [RuleReason]) {
        let isOwn = zone.rules.contains { $0.id == rule.id }
        var holds: [RuleReason] = []
        var fails: [RuleReason] = []
        for running in changes {
            let (change, until) = (running.change, running.until)
            if change.suspends(rule.id, own: isOwn) { fails.append(.suspended(change.name, until: until)) }
            if !isOwn, change.adds(rule.id) { holds.append(.added(change.name, until: until)) }
            if let declaration = rule.declaration, change.effect == .declare(declaration) {
                holds.append(.declared(change.name, until: until))
            }
        }
        if let declaration = rule.declaration, !changes.contains(where: { $0.change.effect == .declare(declaration) }) {
            fails.append(.notDeclared(declaration))
        }
        let gaps = rule.schedules.map { $0.gap(at: local, holidays: holidays) }
        if gaps.contains(nil) {
            holds.append(.schedule)
        } else {
            var told: Set<ScheduleGap> = []
            fails += gaps.compactMap { $0 }.filter { told.insert($0).inserted }.map { .gap($0) }
        }
        return fails.isEmpty ? (true, holds) : (false, fails)
    }

    private func state(of rule: ParkingRule, in zone: Zone, at time: Date, changes: [RunningChange]) -> RuleInForce {
        let (isInForce, reasons) = reasons(
            for: rule,
            in: zone,
            local: LocalTime(time, timeZone: clock),
            changes: changes
        )
        var current: Range<Date>?
        let horizon = City.horizonSeconds
        let range = time.addingTimeInterval(-horizon)..<time.addingTimeInterval(horizon)
        if isInForce { current = spans(of: rule, in: zone.zone, within: range).first { $0.contains(time) } }
        return RuleInForce(
            rule: rule,
            isInForce: isInForce,
            reasons: reasons,
            since: current.flatMap { $0.lowerBound > range.lowerBound ? $0.lowerBound : nil },
            until: current.flatMap { $0.upperBound < range.upperBound ? $0.upperBound : nil }
        )
    }
}

extension TemporaryChange {
    /// A wall time that comes twice counts from its first to its last coming.
    package func span(in timeZone: TimeZone) -> Range<Date> {
        let start = from.instants(in: timeZone).first
        return start..<max(start, until.instants(in: timeZone).last)
    }

    /// Rules that are added are taken away only by name.
    func suspends(_ rule: RuleID, own: Bool) -> Bool {
        guard case .suspend(let rules) = effect else { return false }
        return rules.isEmpty ? own : rules.contains(rule)
    }

    func adds(_ rule: RuleID) -> Bool {
        guard case .add(let rules) = effect else { return false }
        return rules.contains { $0.id == rule }
    }
}
