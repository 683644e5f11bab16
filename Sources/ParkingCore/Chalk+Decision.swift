// From the marks of earlier passes and a new one to an answer: was the car there for longer than the limit allows?
// Pure: marks, rule and model are given.
package import Foundation

/// Whether the car of `new` was there longer than the rule allows, if it stayed.
///
/// Marks with the very text of the new read are asked first; where they give nothing, marks with other texts are taken
/// to be the same car misread, and the finding tells both texts.
/// - Parameters:
///   - marks: of the plates that the new read could mean, in any order; later ones than `new` are left out.
///   - ticketed: reads of the marks that were ticketed under this rule: while the car stays, the next ticket needs
///     another full limit, where the by-law allows it at all.
///   - unseen: when the patrol passed the place without reading any text that could be this plate.
/// - Returns: nil where no mark is old enough, or the car was more probably moved than not.
package func chalkFinding(
    marks: [ChalkMark],
    new: ChalkMark,
    rule: ChalkRule,
    ticketed: Set<UUIDv7> = [],
    unseen: [Date] = [],
    model: ChalkModel = .standard
) -> ChalkFinding? {
    let same = marks.filter { $0.plate == new.plate }
    let reckoning = ChalkReckoning(new: new, rule: rule, ticketed: ticketed, unseen: unseen, model: model)
    if let finding = reckoning.finding(same) { return finding }
    return same.count == marks.count ? nil : reckoning.finding(marks)
}

/// The stay that a new pass goes on with: the first mark from which the car more probably stayed than not.
///
/// - Returns: nil where the car was not seen before, or was most probably moved: a stay of its own begins.
package func chalkStay(marks: [ChalkMark], new: ChalkMark, model: ChalkModel = .standard) -> ChalkMark? {
    let rule = ChalkRule(rule: "", basis: .position, limitMinutes: 0)
    let reckoning = ChalkReckoning(new: new, rule: rule, ticketed: [], model: model)
    return reckoning.links(marks.filter { $0.plate == new.plate }).first { $0.probability > 0.5 }?.mark
}

extension ChalkMark {
    /// When it was made, by the clock that a later one is told by: its own may have been wrong.
    package func time(by new: ChalkMark) -> Date {
        ChalkReckoning.seconds(from: self, to: new).map { new.time.addingTimeInterval(-$0.seconds) } ?? time
    }
}

struct ChalkReckoning {
    let new: ChalkMark
    let rule: ChalkRule
    let ticketed: Set<UUIDv7>
    /// Passes of the place at which the car was not read.
    var unseen: [Date] = []
    let model: ChalkModel

    /// An earlier mark, and the probability that the car stayed from there to the new one.
    struct Link {
        let mark: ChalkMark
        let probability: Double
        /// Marks from this one to the new one, both included, and passes between that did not find the car.
        let passes: Int
        let missed: Int
        /// Of these marks, those that lay in another zone than the new one.
        let elsewhere: Int
        /// The least probable gap's that the car was not moved at all.
        let unmoved: Double
        let seconds: Double
        let isCertain: Bool
    }

    func finding(_ marks: [ChalkMark]) -> ChalkFinding? {
        let least = Double(rule.limitMinutes + rule.graceMinutes) * 60
        let all = links(marks)
        let last = all.last { ticketed.contains($0.mark.read) && $0.probability >= model.lookProbability }
        if last != nil, !rule.mayRepeat { return nil }
        let links = all.filter { $0.seconds <= last?.seconds ?? .infinity }
        let long = links.filter { $0.probability >= model.lookProbability && countedSeconds($0) > least }
        // Who stayed from an earlier pass stayed from a later one: the earliest that is certain, else the surest.
        guard
            let link = long.first(where: {
                $0.probability >= model.ticketProbability && $0.isCertain && $0.missed == 0
            })
                ?? long.max(by: { $0.probability < $1.probability })
        else { return nil }
        let mark = link.mark
        let spots = (ChalkSpot(mark, model: model), ChalkSpot(new, model: model))
        let first = mark.photos.isEmpty ? links.first { $0.mark.read == mark.stay }?.mark : mark
        return ChalkFinding(
            rule: rule.rule,
            zone: rule.zone,
            basis: rule.basis,
            limitMinutes: rule.limitMinutes,
            firstRead: mark.read,
            firstSeen: mark.isClockTrusted ? mark.time : mark.time(by: new),
            lastSeen: new.time,
            elapsedSeconds: countedSeconds(link),
            stayedProbability: link.probability,
            passes: link.passes,
            missedPasses: link.missed,
            passesElsewhere: link.elsewhere,
            distanceMetres: spots.0.flatMap { a in spots.1.map { a.point.distanceMetres(to: $0.point) } },
            unmovedProbability: link.unmoved,
            firstPlate: mark.plate,
            lastPlate: new.plate,
            firstConfidence: mark.confidence,
            isElapsedCertain: link.isCertain,
            photos: first?.photos ?? []
        )
    }

    /// Earlier marks in time order, each with what speaks for a stay from there: the product over the gaps between.
    func links(_ marks: [ChalkMark]) -> [Link] {
        let earlier = marks.filter { $0.read != new.read }
            .compactMap { mark in ChalkReckoning.seconds(from: mark, to: new).map { (mark, $0) } }
            .filter { $0.1.seconds > 0 }
            .sorted { ($0.1.seconds, $0.0.read) > ($1.1.seconds, $1.0.read) }
        var links: [Link] = []
        var later = (mark: new, seconds: 0.0)
        var probability = 1.0
        var missed = 0
        var elsewhere = 0
        var unmoved = 1.0
        var wasElsewhere = false
        for (mark, elapsed) in earlier.reversed() {
            let seconds = elapsed.seconds - later.seconds
            // Of a clock that was wrong then, passes between would be looked for in another hour.
            let passes = passes(
                between: new.time.addingTimeInterval(-elapsed.seconds),
                and: new.time.addingTimeInterval(-later.seconds)
            )
            guard let gap = gap(from: mark, to: later.mark, seconds: seconds, passes: passes) else { continue }
            let isInZone = mark.zone != nil && mark.zone == new.zone
            if rule.basis == .zone, !isInZone, gap.unmoved < 0.5 {
                wasElsewhere = true
                continue
            }
            let stayed = probabilityOfStay(gap, mark, later.mark, seconds: seconds, wasElsewhere: wasElsewhere)
            // Another text somewhere else is another car.
            if mark.plate != new.plate, stayed < model.lookProbability || model.areBothSure(mark, new) { continue }
            wasElsewhere = false
            probability *= stayed
            unmoved = min(unmoved, gap.unmoved)
            if mark.zone != new.zone { elsewhere += 1 }
            if seconds > Double(rule.returnAfterMinutes ?? 0) * 60 { missed += passes }
            links.append(
                Link(
                    mark: mark,
                    probability: probability,
                    passes: links.count + 2,
                    missed: missed,
                    elsewhere: elsewhere,
                    unmoved: unmoved,
                    seconds: elapsed.seconds,
                    isCertain: elapsed.isCertain
                )
            )
            later = (mark, elapsed.seconds)
        }
        return links.reversed()
    }

    /// Between two passes: by the machine's own clock within one boot, else by the wall clock.
    /// - Returns: nil for a mark that is not earlier: it comes from a clock that was ahead.
    static func seconds(from mark: ChalkMark, to new: ChalkMark) -> (seconds: Double, isCertain: Bool)? {
        if let first = mark.moment, let second = new.moment, first.boot == second.boot {
            let seconds = second.seconds - first.seconds
            return seconds >= 0 ? (seconds, true) : nil
        }
        let seconds = new.time.timeIntervalSince(mark.time)
        return seconds >= 0 ? (seconds, mark.isClockTrusted && new.isClockTrusted) : nil
    }

    /// Time that counts towards the limit.
    private func countedSeconds(_ link: Link) -> Double {
        rule.countedSeconds(from: new.time.addingTimeInterval(-link.seconds), to: new.time)
    }

    /// nil: the two passes cannot be compared, for want of a position.
    private func gap(
        from first: ChalkMark,
        to second: ChalkMark,
        seconds: Double,
        passes: Int
    ) -> (places: ChalkGap, unmoved: Double)? {
        guard let one = ChalkSpot(first, model: model), let two = ChalkSpot(second, model: model) else { return nil }
        let gap = ChalkGap(one, two, seconds: seconds, model: model)
        let unmoved = gap.unmovedProbability * sameFace(first.place, second.place)
        return (gap, unlessMissed(unmoved, passes: passes, seconds: seconds))
    }

    /// How many of them did not read the car.
    private func passes(between first: Date, and second: Date) -> Int { unseen.count { first < $0 && $0 < second } }

    /// Passes at which the car was not there to be read speak for its having been away: a car that stays is seldom
    /// missed. They say little where it would have been away for a small part of the time only.
    private func unlessMissed(_ unmoved: Double, passes: Int, seconds: Double) -> Double {
        guard passes > 0 else { return unmoved }
        let unread = model.unreadShare * pow(model.unreadAgainShare, Double(passes - 1))
        let away = min(1, model.absenceMinutes * 60 / max(seconds, 1))
        let missed = unmoved * unread
        return missed / max(missed + (1 - unmoved) * (away + (1 - away) * unread), 1e-12)
    }

    /// That the car stayed in the by-law's sense.
    /// - Parameter wasElsewhere: it was seen outside the zone between the two.
    private func probabilityOfStay(
        _ gap: (places: ChalkGap, unmoved: Double),
        _ first: ChalkMark,
        _ second: ChalkMark,
        seconds: Double,
        wasElsewhere: Bool
    ) -> Double {
        let backSoon = backSoonProbability(withinSeconds: seconds)
        switch rule.basis {
        case .position:
            return gap.unmoved + (1 - gap.unmoved) * backSoon * sameBlock(first, second, gap.places)
        case .zone:
            if wasElsewhere { return backSoon }
            return gap.unmoved + (1 - gap.unmoved) * (1 - model.leavesZoneShare * (1 - backSoon))
        }
    }

    /// Of cars that were moved and are back, how many were away for less than the by-law asks.
    private func backSoonProbability(withinSeconds seconds: Double) -> Double {
        guard let minutes = rule.returnAfterMinutes, minutes > 0 else { return 0 }
        let whole = seconds / 60
        guard whole > Double(minutes) else { return 1 }
        return (1 - exp(-Double(minutes) / model.absenceMinutes)) / (1 - exp(-whole / model.absenceMinutes))
    }

    /// 1 where the map does not tell the two apart; little where it is sure of two different sides or streets.
    private func sameFace(_ first: PlaceAnswer?, _ second: PlaceAnswer?) -> Double {
        guard let first, let second, first.street != second.street || first.side != second.side else { return 1 }
        return max(model.wrongSideShare, 1 - first.faceSureness * second.faceSureness)
    }

    /// Either side of one block: by the map; without one, the farther apart the less probable. What another zone's signs
    /// stand on is another block.
    private func sameBlock(_ one: ChalkMark, _ other: ChalkMark, _ gap: ChalkGap) -> Double {
        guard one.zone == other.zone else { return 0 }
        guard let first = one.place, let second = other.place else {
            // Two places at random on a block share it less often the farther apart they are.
            return max(0, 1 - (gap.distanceMetres + gap.deviationMetres) / model.blockMetres)
        }
        let isSame =
            first.street == second.street && first.blockStart == second.blockStart && first.blockEnd == second.blockEnd
        return isSame ? first.faceSureness * second.faceSureness : 0
    }
}
