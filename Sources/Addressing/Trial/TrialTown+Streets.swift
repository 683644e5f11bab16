// The plan of the made-up town, before it is bent: which streets a tile has and where they meet.
internal import ParkingCore

extension TrialTown {
    private enum Plan { case grid, suburb }

    private func plan(_ column: Int, _ row: Int) -> Plan {
        var chance = chance(column, row, 1)
        return chance.happens(0.5) ? .grid : .suburb
    }

    /// Streets that belong to a tile: its inside, the arterial along its south and the one along its west.
    func streets(_ column: Int, _ row: Int) -> [TrialStreet] {
        var streets: [TrialStreet] = []
        let corner = Metres(east: Double(column) * TrialTown.tile, north: Double(row) * TrialTown.tile)
        if column < side, row < side { streets += inside(column, row) }
        if column < side {
            let ports = Set(southPorts(column, row) + northPorts(column, row - 1)).sorted()
            streets += arterial("Concession Road \(row + 1)", corner, Metres(east: 1, north: 0), ports, column, row)
        }
        if row < side {
            let ports = Set(westPorts(column, row) + eastPorts(column - 1, row)).sorted()
            streets += arterial("Townline \(column + 1)", corner, Metres(east: 0, north: 1), ports, column, row)
        }
        return streets
    }

    private func arterial(
        _ name: String,
        _ corner: Metres,
        _ direction: Metres,
        _ ports: [Double],
        _ column: Int,
        _ row: Int
    ) -> [TrialStreet] {
        let stops = [0] + ports.filter { $0 > 5 && $0 < TrialTown.tile - 5 } + [TrialTown.tile]
        let nodes = stops.map { corner + direction * $0 }
        var streets = [
            TrialStreet(name: name, nodes: nodes, isOpen: nodes.map { _ in true }, kind: .arterial)
        ]
        var chance = chance(column, row, direction.east > 0 ? 11 : 12)
        if chance.happens(0.3), stops.count > 3 {
            // A service road beside the arterial, joined to it at both ends.
            let left = direction.right * -22
            let from = stops[1] + 30
            let to = min(stops[stops.count - 2] - 30, from + 420)
            if to - from > 120 {
                let a = corner + direction * from
                let b = corner + direction * to
                streets.append(
                    TrialStreet(
                        name: "\(name) Service Road \(direction.east > 0 ? column : row)",
                        nodes: [a + left, b + left],
                        isOpen: [true, true],
                        kind: .service
                    )
                )
            }
        }
        return streets
    }

    // MARK: Ports: where a tile's streets reach its edges

    private func southPorts(_ column: Int, _ row: Int) -> [Double] { ports(column, row).columns }
    private func northPorts(_ column: Int, _ row: Int) -> [Double] { ports(column, row).columns }
    private func westPorts(_ column: Int, _ row: Int) -> [Double] { ports(column, row).rows }
    private func eastPorts(_ column: Int, _ row: Int) -> [Double] { ports(column, row).rows }

    private func ports(_ column: Int, _ row: Int) -> (columns: [Double], rows: [Double]) {
        guard (0..<side).contains(column), (0..<side).contains(row) else { return ([], []) }
        var chance = chance(column, row, 3)
        switch plan(column, row) {
        case .grid:
            return (
                TrialTown.stops(&chance, 150, 250), TrialTown.stops(&chance, 72, 108)
            )
        case .suburb:
            return ([chance.within(440, 560)], [chance.within(440, 560)])
        }
    }

    private static func stops(_ chance: inout SeededChance, _ least: Double, _ most: Double) -> [Double] {
        var stops: [Double] = []
        var at = chance.within(least, most)
        while at < tile - least * 0.8 {
            stops.append(at.rounded())
            at += chance.within(least, most)
        }
        return stops
    }

    // MARK: Insides

    private func inside(_ column: Int, _ row: Int) -> [TrialStreet] {
        let corner = Metres(east: Double(column) * TrialTown.tile, north: Double(row) * TrialTown.tile)
        let ports = ports(column, row)
        let first = (row * side + column) * 64
        var chance = chance(column, row, 4)
        return plan(column, row) == .grid
            ? grid(corner, ports.columns, ports.rows, firstName: first, &chance)
            : suburb(corner, ports.columns[0], ports.rows[0], firstName: first, &chance)
    }

    private func grid(
        _ corner: Metres,
        _ columns: [Double],
        _ rows: [Double],
        firstName: Int,
        _ chance: inout SeededChance
    ) -> [TrialStreet] {
        let xs = [0] + columns + [TrialTown.tile]
        let ys = [0] + rows + [TrialTown.tile]
        var nodes: [[Metres]] = []
        for (j, y) in ys.enumerated() {
            nodes.append(
                xs.enumerated().map { i, x in
                    // Nodes on the tile's edge belong to the arterials and stay put.
                    let dx = i == 0 || i == xs.count - 1 || j == 0 || j == ys.count - 1 ? 0 : chance.within(-9, 9)
                    let dy = i == 0 || i == xs.count - 1 || j == 0 || j == ys.count - 1 ? 0 : chance.within(-7, 7)
                    return corner + Metres(east: x + dx, north: y + dy)
                }
            )
        }
        var streets: [TrialStreet] = []
        var name = firstName
        func add(_ type: String, _ nodes: [Metres], _ kind: TrialStreet.Kind, built: Double) {
            let open = nodes.indices.map { _ in chance.happens(built) }
            let isReversed = chance.happens(0.4)
            streets.append(
                TrialStreet(
                    name: TrialTown.name(name, type),
                    nodes: isReversed ? nodes.reversed() : nodes,
                    isOpen: isReversed ? open.reversed() : open,
                    kind: kind
                )
            )
            name += 1
        }
        for j in 1..<(ys.count - 1) {
            add(["Street", "Street", "Avenue", "Road"][j % 4], nodes[j], .residential, built: 0.94)
        }
        for i in 1..<(xs.count - 1) { add(i % 2 == 0 ? "Avenue" : "Drive", nodes.map { $0[i] }, .cross, built: 0.95) }
        for j in 1..<(ys.count - 2) where chance.happens(0.4) {
            // A back lane half way between two streets, from one cross street to the next.
            let share = chance.within(0.42, 0.58)
            let i = 1 + Int(chance.within(0, Double(xs.count - 3)))
            guard i + 1 < xs.count - 1 else { continue }
            let ends = [i, i + 1].map { nodes[j][$0] + (nodes[j + 1][$0] - nodes[j][$0]) * share }
            add("Lane", ends, .lane, built: 1)
        }
        return streets
    }

    private func suburb(
        _ corner: Metres,
        _ column: Double,
        _ row: Double,
        firstName: Int,
        _ chance: inout SeededChance
    ) -> [TrialStreet] {
        var streets: [TrialStreet] = []
        var name = firstName
        func add(_ type: String, _ nodes: [Metres], _ kind: TrialStreet.Kind) {
            streets.append(
                TrialStreet(
                    name: TrialTown.name(name, type),
                    nodes: chance.happens(0.5) ? nodes.map { corner + $0 } : nodes.reversed().map { corner + $0 },
                    isOpen: nodes.map { _ in true },
                    kind: kind
                )
            )
            name += 1
        }
        // Crescents leave the collector and come back to it; the nodes where they do are the collector's too.
        var eastStops: Set<Double> = [0, column, TrialTown.tile]
        var crescents: [[Metres]] = []
        for isNorth in [true, false] {
            let away: Double = isNorth ? 1 : -1
            var at = 60.0
            while at < TrialTown.tile - 330 {
                let width = chance.within(150, 260)
                let depth = chance.within(130, 320)
                if abs(at - column) > 45, abs(at + width - column) > 45, !(at < column && column < at + width) {
                    eastStops.formUnion([at, at + width])
                    crescents.append(
                        TrialTown.crescent(from: at, width: width, depth: depth * away, row: row)
                    )
                    if width > 190, depth > 220 {
                        // One crescent within another, 70 m inside.
                        eastStops.formUnion([at + 68, at + width - 68])
                        crescents.append(
                            TrialTown.crescent(from: at + 68, width: width - 136, depth: (depth - 75) * away, row: row)
                        )
                    }
                }
                at += width + chance.within(70, 110)
            }
        }
        add("Boulevard", eastStops.sorted().map { Metres(east: $0, north: row) }, .residential)
        add("Drive", [0, row, TrialTown.tile].map { Metres(east: column, north: $0) }, .residential)
        for crescent in crescents {
            add("Crescent", crescent, .crescent)
            guard chance.happens(0.5), crescent.count > 6 else { continue }
            // A court off the far side of the crescent; a node of it is the crescent's own corner.
            let far = crescent[crescent.count / 2]
            let out = far.north > row ? 1.0 : -1.0
            add(
                "Court",
                [far, far + Metres(east: chance.within(-12, 12), north: out * chance.within(50, 95))],
                .crescent
            )
        }
        return streets
    }

    /// A U with rounded corners, as points; only its ends are nodes.
    private static func crescent(from: Double, width: Double, depth: Double, row: Double) -> [Metres] {
        let round = 0.22 * width
        let far = row + depth
        let near = depth > 0 ? -round : round
        return [
            Metres(east: from, north: row), Metres(east: from - 6, north: row + depth * 0.4),
            Metres(east: from, north: far + near), Metres(east: from + round * 0.35, north: far + near * 0.3),
            Metres(east: from + round, north: far), Metres(east: from + width / 2, north: far + near * -0.1),
            Metres(east: from + width - round, north: far),
            Metres(east: from + width - round * 0.35, north: far + near * 0.3),
            Metres(east: from + width, north: far + near), Metres(east: from + width + 6, north: row + depth * 0.4),
            Metres(east: from + width, north: row),
        ]
    }

    // MARK: Names

    private static let heads = [
        "Ash", "Birch", "Cedar", "Elm", "Fern", "Glen", "Haw", "Iron", "Kings", "Lake", "Maple", "North", "Oak", "Pine",
        "Quarry", "River", "Stone", "Thorn", "Vine", "Willow", "Fox", "Heron", "Otter", "Crane", "Beech", "Brook",
        "Clay",
        "Deer", "East", "Field", "Green", "High", "Holly", "Ivy", "Juniper", "Lark", "Mill", "Moss", "Orchard", "Pearl",
    ]
    private static let tails = [
        "bury", "croft", "dale", "den", "field", "ford", "gate", "grove", "ham", "hurst", "land", "ley", "mere", "mont",
        "more", "ridge", "side", "stead", "thorpe", "ton", "vale", "view", "ville", "ward", "water", "well", "wick",
        "wood", "worth", "yard", "crest", "burn", "bank", "cliff", "cote", "fold", "garth", "holm", "leigh", "shaw",
    ]
    private static let qualifiers = [
        "", "Upper ", "Lower ", "Old ", "New ", "Great ", "Little ", "Mount ", "Fort ", "Port ", "Long ", "Far ",
        "Near ",
        "Inner ", "Outer ", "Grand ", "Royal ", "Lady ", "Lord ", "Dean ", "Abbey ", "Castle ", "Market ", "Station ",
        "Chapel ", "Forge ", "Garden ", "Harbour ", "Manor ", "Park ", "Pond ", "Priory ",
    ]

    static func name(_ index: Int, _ type: String) -> String {
        let word = heads[index % heads.count] + tails[(index / heads.count) % tails.count]
        let qualifier = qualifiers[(index / (heads.count * tails.count)) % qualifiers.count]
        return "\(qualifier)\(word) \(type)"
    }
}
