// Houses along the made-up town's streets: frontages, numbers, where the points stand, and which are missing.
internal import ParkingCore

extension TrialTown {
    /// Share of addresses that stand in no file.
    private static let missingShare = 0.04

    /// Cuts a street at its nodes (and now and then between them, as files do) and puts lots along each piece.
    func pieces(
        of street: TrialStreet,
        _ chance: inout SeededChance,
        count: inout Int,
        _ each: (TrialPiece) throws -> Void
    ) rethrows {
        // Odd on the left or on the right, wherever numbering began.
        let isOddLeft = chance.happens(0.5)
        let start = street.kind == .arterial ? 100 : Int(chance.within(1, 30)) * 2
        var next = [start + (isOddLeft ? 1 : 0), start + (isOddLeft ? 0 : 1)]
        // A crescent's points between its ends are no nodes.
        let spans: [[Metres]] =
            street.kind == .crescent
            ? [street.nodes]
            : zip(street.nodes, street.nodes.dropFirst()).map { [$0, $1] }
        for (index, span) in spans.enumerated() {
            guard street.isOpen[index] else { continue }
            let whole = TrialTown.bentLine(span)
            guard whole.length > 12 else { continue }
            let isCut = whole.length > 90 && street.kind != .crescent && chance.happens(0.06)
            let lines = isCut ? TrialTown.halves(whole) : [whole]
            let block = count..<(count + lines.count)
            for (part, line) in lines.enumerated() {
                var lots: [[TrialLot]] = []
                for side in 0..<2 {
                    lots.append(
                        self.lots(
                            along: line,
                            kind: street.kind,
                            isLeft: side == 0,
                            clearStart: part == 0,
                            clearEnd: part == lines.count - 1,
                            next: &next[side],
                            &chance
                        )
                    )
                }
                let isBackwards = chance.happens(0.5)
                count += 1
                try each(
                    TrialPiece(name: street.name, line: line, isDrawnBackwards: isBackwards, block: block, lots: lots)
                )
            }
            // In some towns each block begins a new score.
            if street.kind == .residential, chance.happens(0.5) {
                let base = ((next.max() ?? 0) / 20 + 1) * 20
                next = [base + next[0] % 2, base + next[1] % 2]
            }
        }
    }

    private static func halves(_ line: StreetLine) -> [StreetLine] {
        let middle = line.points.count / 2
        guard middle >= 1, line.points.count > 2 else { return [line] }
        return [StreetLine(Array(line.points[...middle])), StreetLine(Array(line.points[middle...]))]
    }

    private func lots(
        along line: StreetLine,
        kind: TrialStreet.Kind,
        isLeft: Bool,
        clearStart: Bool,
        clearEnd: Bool,
        next: inout Int,
        _ chance: inout SeededChance
    ) -> [TrialLot] {
        if kind == .lane, !chance.happens(0.15) { return [] }
        // Arterials back onto gardens for half of their length; a service road has houses on its far side only.
        if kind == .arterial, chance.happens(0.45) { return [] }
        if kind == .service, !isLeft { return [] }
        var lots: [TrialLot] = []
        var at = clearStart ? chance.within(9, 14) : 0
        let end = line.length - (clearEnd ? chance.within(9, 14) : 0)
        // Corner houses of a grid look to the long street; few look to the cross street.
        if kind == .cross, !chance.happens(0.2) { at += 24 }
        let last = kind == .cross && !chance.happens(0.2) ? end - 24 : end
        while at < last - 6 {
            let frontage = min(last - at, TrialTown.frontage(kind, &chance))
            if chance.happens(0.04) {
                at += frontage
                continue
            }
            lots += houses(at: at + frontage / 2, frontage: frontage, number: next, kind: kind, &chance)
            next += chance.happens(0.12) ? 4 : chance.happens(0.03) ? 8 : 2
            at += frontage
        }
        return lots
    }

    private static func frontage(_ kind: TrialStreet.Kind, _ chance: inout SeededChance) -> Double {
        switch kind {
        case .arterial: return chance.within(18, 55)
        case .crescent: return chance.within(11, 20)
        default: return chance.happens(0.1) ? chance.within(20, 40) : chance.within(8.5, 16)
        }
    }

    /// One house, or two on a divided lot: 14 and 14A.
    private func houses(
        at offset: Double,
        frontage: Double,
        number: Int,
        kind: TrialStreet.Kind,
        _ chance: inout SeededChance
    ) -> [TrialLot] {
        let isDivided = frontage > 11 && chance.happens(0.025)
        let parts: [(String, Double, Double)] =
            isDivided
            ? [("", offset - frontage / 4, frontage / 2), ("A", offset + frontage / 4, frontage / 2)]
            : [("", offset, frontage)]
        return parts.map { suffix, offset, frontage in
            let drawn = chance.within(0, 1)
            let fate: TrialLot.Fate =
                drawn < TrialTown.missingShare
                ? .missing : drawn < TrialTown.missingShare + heldOutShare ? .heldOut : .known
            return TrialLot(
                label: "\(number)\(suffix)",
                number: number,
                offset: offset,
                frontage: frontage,
                setback: chance.within(8, kind == .arterial ? 35 : 22),
                shift: max(-0.3 * frontage, min(0.3 * frontage, chance.normal() * 1.6)),
                fate: fate
            )
        }
    }
}
