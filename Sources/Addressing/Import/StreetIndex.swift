// All street pieces of an import in memory: which cross where, and which one an address point belongs to.
//
// Streets are some hundred times fewer than addresses (Toronto: 65,000 pieces), so they fit; addresses stream past.

struct StreetIndex {
    /// More pieces than any municipality of the world has.
    static let mostPieces = 2_000_000
    /// An address lies no further from its street, in metres.
    static let farthestMetres = 250.0

    struct Piece {
        let street: Int32
        let from: (left: Int?, right: Int?)
        let to: (left: Int?, right: Int?)
        let first: Int
        let count: Int
        let length: Double
        let startNode: Int32
        let endNode: Int32
    }

    /// The next crossing beyond an end: the street, and the metres to it.
    struct End {
        let street: Int32
        let distance: Double
    }

    private(set) var pieces: [Piece] = []
    private var positions: [Position] = []
    private var nodes: [UInt64: Int32] = [:]
    /// Pieces by cell of some 200 m.
    private var cells: [UInt64: [Int32]] = [:]
    private(set) var names: [String] = []
    /// Whether a street's name is spelled as its line spells it: address points come after that.
    private var isLineName: [Bool] = []
    private var streetOfName: [String: Int32] = [:]
    private var streetOfKey: [String: Int32] = [:]

    func line(_ index: Int) -> ArraySlice<Position> {
        positions[pieces[index].first..<(pieces[index].first + pieces[index].count)]
    }

    /// The street of a line's name; its spelling is the one that is told.
    mutating func street(ofLine name: String) -> Int32 {
        let street = street(name)
        if !isLineName[Int(street)] {
            names[Int(street)] = StreetName.told(name)
            isLineName[Int(street)] = true
        }
        return street
    }

    /// The street of a name, by its spelling first; a new one where there is none.
    mutating func street(_ name: String) -> Int32 {
        if let known = streetOfName[name] { return known }
        let key = StreetName.key(name)
        let street: Int32
        if let known = streetOfKey[key] {
            street = known
        } else {
            street = Int32(names.count)
            names.append(StreetName.told(name))
            isLineName.append(false)
            streetOfKey[key] = street
        }
        streetOfName[name] = street
        return street
    }

    mutating func add(
        street: Int32,
        line: [Position],
        from: (left: Int?, right: Int?),
        to: (left: Int?, right: Int?)
    ) throws(AddressingError) {
        guard pieces.count < StreetIndex.mostPieces, let first = line.first, let last = line.last else {
            throw AddressingError(
                .badFile,
                "has more than \(StreetIndex.mostPieces) pieces of street; give the municipality's own streets only"
            )
        }
        let index = Int32(pieces.count)
        var length = 0.0
        for (a, b) in zip(line, line.dropFirst()) {
            let plane = MetricPlane(latitude: a.latitude, longitude: a.longitude)
            let stretch = plane.metres(latitude: b.latitude, longitude: b.longitude).length
            length += stretch
            let steps = max(1, Int(stretch / 80))
            for step in 0...steps {
                let share = Double(step) / Double(steps)
                let cell = StreetIndex.cell(
                    a.longitude + (b.longitude - a.longitude) * share,
                    a.latitude + (b.latitude - a.latitude) * share
                )
                let key = StreetIndex.key(cell.x, cell.y)
                if cells[key]?.last != index { cells[key, default: []].append(index) }
            }
        }
        pieces.append(
            Piece(
                street: street,
                from: from,
                to: to,
                first: positions.count,
                count: line.count,
                length: length,
                startNode: node(first),
                endNode: node(last)
            )
        )
        positions += line
    }

    /// Ends within some 10 cm are one node.
    private mutating func node(_ position: Position) -> Int32 {
        let key = StreetIndex.key(
            Int32((position.longitude * 1e6).rounded()),
            Int32((position.latitude * 1e6).rounded())
        )
        if let known = nodes[key] { return known }
        let node = Int32(nodes.count)
        nodes[key] = node
        return node
    }

    /// Cells of 0.0025 by 0.0018 degrees, some 200 m in Ontario.
    private static func cell(_ longitude: Double, _ latitude: Double) -> (x: Int32, y: Int32) {
        (Int32((longitude / 0.0025).rounded(.down)), Int32((latitude / 0.0018).rounded(.down)))
    }

    private static func key(_ x: Int32, _ y: Int32) -> UInt64 {
        UInt64(UInt32(bitPattern: x)) << 32 | UInt64(UInt32(bitPattern: y))
    }

    // MARK: Addresses

    struct Link {
        let piece: Int
        let isLeft: Bool
        let offset: Double
    }

    /// Where an address point falls on its own street; nil where that street is not near.
    func link(street: Int32, number: Int, at position: Position) -> Link? {
        let plane = MetricPlane(latitude: position.latitude, longitude: position.longitude)
        let here = StreetIndex.cell(position.longitude, position.latitude)
        var best: (link: Link, score: Double)?
        var tried: Set<Int32> = []
        for x in (here.x - 2)...(here.x + 2) {
            for y in (here.y - 2)...(here.y + 2) {
                guard let found = cells[StreetIndex.key(x, y)] else { continue }
                for index in found where pieces[Int(index)].street == street && tried.insert(index).inserted {
                    let piece = pieces[Int(index)]
                    let line = StreetLine(
                        line(Int(index)).map { plane.metres(latitude: $0.latitude, longitude: $0.longitude) }
                    )
                    let nearest = line.nearest(to: Metres(east: 0, north: 0))
                    guard nearest.distance <= StreetIndex.farthestMetres else { continue }
                    let range = NumberRange(
                        from: nearest.isLeft ? piece.from.left : piece.from.right,
                        to: nearest.isLeft ? piece.to.left : piece.to.right
                    )
                    // A point at a corner is about as near to two pieces: the numbers decide.
                    let score = nearest.distance - (range?.contains(number) == true ? 15 : 0)
                    if best.map({ score < $0.score }) ?? true {
                        let link = Link(piece: Int(index), isLeft: nearest.isLeft, offset: nearest.spot.offset)
                        best = (link, score)
                    }
                }
            }
        }
        return best?.link
    }

    // MARK: Crossings

    /// For each piece the crossing beyond its start and its end, and the block that it belongs to.
    func blocks() -> [(start: End?, end: End?, block: Int)] {
        var members: [[Int32]] = Array(repeating: [], count: nodes.count)
        for (index, piece) in pieces.enumerated() {
            members[Int(piece.startNode)].append(Int32(index))
            members[Int(piece.endNode)].append(Int32(index))
        }
        var block = Array(pieces.indices)
        func root(_ index: Int) -> Int {
            var index = index
            while block[index] != index {
                block[index] = block[block[index]]
                index = block[index]
            }
            return index
        }
        for node in members where isMereJoint(node) {
            let (a, b) = (root(Int(node[0])), root(Int(node[1])))
            block[max(a, b)] = min(a, b)
        }
        return pieces.indices.map { index in
            (
                end(of: index, at: pieces[index].startNode, members),
                end(of: index, at: pieces[index].endNode, members),
                root(index)
            )
        }
    }

    /// Two pieces of one street that go on into each other.
    private func isMereJoint(_ node: [Int32]) -> Bool {
        node.count == 2 && node[0] != node[1] && pieces[Int(node[0])].street == pieces[Int(node[1])].street
    }

    private func end(of index: Int, at node: Int32, _ members: [[Int32]]) -> End? {
        var index = index
        var node = node
        var distance = 0.0
        for _ in 0..<200 {
            let there = members[Int(node)]
            let own = pieces[index].street
            var counts: [Int32: Int] = [:]
            for piece in there where pieces[Int(piece)].street != own {
                counts[pieces[Int(piece)].street, default: 0] += 1
            }
            if let street = counts.max(by: { ($0.value, $1.key) < ($1.value, $0.key) })?.key {
                return End(street: street, distance: distance)
            }
            // A crescent that comes back to itself crosses itself.
            if there.count > 2 { return End(street: own, distance: distance) }
            guard isMereJoint(there), let next = there.first(where: { Int($0) != index }) else { return nil }
            index = Int(next)
            distance += pieces[index].length
            node = pieces[index].startNode == node ? pieces[index].endNode : pieces[index].startNode
        }
        return nil
    }
}
