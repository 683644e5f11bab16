// From weights to words: the likeliest street, its side and block, the number there, and what remains in doubt.
internal import ParkingCore

/// An answer with what the next question may start from.
struct Reckoned {
    let answer: PlaceAnswer
    let memory: PlaceMemory
    /// Where the parked vehicle stands, on the plane of the question.
    let spot: Metres
}

extension PlaceReckoning {
    /// Below this probability a part of the answer is marked for the officer.
    static let certainty = 0.9

    private struct Label: Hashable {
        let street: Int64
        /// nil: no number is known there.
        let text: String?
        let basis: PlaceAnswer.Basis
    }

    /// - Parameter addresses: of the faces in `heaviest()`.
    /// - Returns: nil where no street explains the position.
    func answer(addresses: [Face: [AddressSpot]]) -> Reckoned? {
        let known = total
        guard known > PlaceReckoning.elsewhere * 0.02 else { return nil }
        let whole = known + PlaceReckoning.elsewhere
        guard let face = likeliestFace(), let mass = faces[face] else { return nil }
        let piece = pieces[face.piece]
        let (labels, own) = labelled(addresses, of: face)
        let label = own.max { ($0.value, $1.key.text ?? "") < ($1.value, $0.key.text ?? "") }?.key
        let number = label?.text
        let sureness = label.flatMap { labels[$0] }.map { $0 / whole } ?? 0
        let middle = mass.samples.reduce(0) { $0 + $1.offset * $1.mass } / mass.total
        let spot = piece.line.spot(at: middle)
        let crossing = nearestCrossing(piece, offset: middle)
        let basis = number == nil ? (crossing == nil ? .street : .intersection) : label?.basis ?? .street
        let outward = face.isLeft ? spot.direction.right * -1 : spot.direction.right
        let answer = PlaceAnswer(
            basis: basis,
            number: number,
            street: piece.name,
            crossing: crossing,
            blockStart: piece.startCrossing?.street,
            blockEnd: piece.endCrossing?.street,
            side: CompassSide(bearingDegrees: outward.bearingDegrees),
            zone: nil,
            sureness: sureness,
            faceSureness: blockMass(piece, outward) / whole,
            runnerUp: runnerUp(labels, besides: label, whole: whole),
            toConfirm: doubts(face, outward: outward, basis: basis, sureness: sureness, whole: whole)
        )
        let memory = PlaceMemory(piece: piece.id, street: piece.street, nodes: [piece.startNode, piece.endNode])
        return Reckoned(answer: answer, memory: memory, spot: spot.point + outward * 4)
    }

    /// The heaviest street first, then its heaviest block, then that block's side: mass that is spread over the blocks
    /// of one street still speaks for the street.
    private func likeliestFace() -> Face? {
        var streets: [Int64: Double] = [:]
        for (face, mass) in faces { streets[pieces[face.piece].street, default: 0] += mass.total }
        guard let street = streets.max(by: { ($0.value, $1.key) < ($1.value, $0.key) })?.key else { return nil }
        return faces.filter { pieces[$0.key.piece].street == street }
            .max { ($0.value.total, $1.key.piece) < ($1.value.total, $0.key.piece) }?.key
    }

    /// Mass of each label, over all faces and on the likeliest one.
    private func labelled(
        _ addresses: [Face: [AddressSpot]],
        of likeliest: Face
    ) -> (all: [Label: Double], own: [Label: Double]) {
        var all: [Label: Double] = [:]
        var own: [Label: Double] = [:]
        for (face, spots) in addresses {
            guard let mass = faces[face] else { continue }
            let piece = pieces[face.piece]
            let cells = FaceCells(
                addresses: spots,
                range: piece.range(isLeft: face.isLeft),
                length: piece.line.length
            )
            for sample in mass.samples {
                let cell = cells.cell(at: sample.offset)
                let texts: [String?] = cell?.labels ?? [nil]
                for text in texts {
                    let label = Label(street: piece.street, text: text, basis: cell?.basis ?? .street)
                    let share = sample.mass / Double(texts.count)
                    all[label, default: 0] += share
                    if face == likeliest { own[label, default: 0] += share }
                }
            }
        }
        return (all, own)
    }

    private func nearestCrossing(_ piece: StreetPiece, offset: Double) -> String? {
        let before = piece.startCrossing.map { ($0.street, $0.distance + offset) }
        let after = piece.endCrossing.map { ($0.street, $0.distance + piece.line.length - offset) }
        return [before, after].compactMap { $0 }.min { $0.1 < $1.1 }?.0
    }

    private func runnerUp(_ labels: [Label: Double], besides best: Label?, whole: Double) -> PlaceAnswer.RunnerUp? {
        let others = labels.filter { $0.key.street != best?.street || $0.key.text != best?.text }
        guard let next = others.max(by: { ($0.value, $1.key.text ?? "") < ($1.value, $0.key.text ?? "") }),
            next.value / whole >= 0.02,
            let name = pieces.first(where: { $0.street == next.key.street })?.name
        else { return nil }
        return PlaceAnswer.RunnerUp(
            text: next.key.text.map { "\($0) \(name)" } ?? name,
            sureness: next.value / whole
        )
    }

    // MARK: Doubts

    private func mass(where isMeant: (Face) -> Bool) -> Double {
        faces.reduce(0) { $0 + (isMeant($1.key) ? $1.value.total : 0) }
    }

    /// Whether a face looks to the same side as `outward`, wherever its line was drawn from.
    private func faces(_ face: Face, _ outward: Metres) -> Bool {
        let direction = pieces[face.piece].line.nearest(to: Metres(east: 0, north: 0)).spot.direction
        let own = face.isLeft ? direction.right * -1 : direction.right
        return own.dot(outward) > 0
    }

    private func blockMass(_ piece: StreetPiece, _ outward: Metres) -> Double {
        mass { pieces[$0.piece].block == piece.block && faces($0, outward) }
    }

    private func doubts(
        _ face: Face,
        outward: Metres,
        basis: PlaceAnswer.Basis,
        sureness: Double,
        whole: Double
    ) -> [PlaceAnswer.Doubt] {
        let piece = pieces[face.piece]
        let street = mass { pieces[$0.piece].street == piece.street }
        let side = mass { pieces[$0.piece].street == piece.street && faces($0, outward) }
        let least = PlaceReckoning.certainty
        var doubts: [PlaceAnswer.Doubt] = []
        if street / whole < least { doubts.append(.street) }
        if side / max(street, 1e-12) < least { doubts.append(.side) }
        if blockMass(piece, outward) / max(side, 1e-12) < least { doubts.append(.block) }
        if basis != .addressPoint || sureness < least { doubts.append(.number) }
        return doubts
    }
}
