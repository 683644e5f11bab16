// Geometry out of its two written forms: GeoJSON's coordinates and well-known text.

/// Coordinates as nested as they came.
indirect enum NestedPositions {
    case position(Position)
    case list([NestedPositions])

    fileprivate var positions: [Position]? {
        guard case .list(let items) = self else { return nil }
        var found: [Position] = []
        found.reserveCapacity(items.count)
        for item in items {
            guard case .position(let position) = item else { return nil }
            found.append(position)
        }
        return found
    }

    fileprivate func parts<Part>(_ part: (NestedPositions) -> Part?) -> [Part]? {
        guard case .list(let items) = self else { return nil }
        let parts = items.compactMap(part)
        return parts.count == items.count ? parts : nil
    }
}

enum GeometryText {
    /// Puts coordinates into the shape that a type's name promises.
    static func shape(type: String, _ nested: NestedPositions?) throws(FeatureProblem) -> GeoShape {
        guard let nested else { throw .noGeometry }
        if case .list(let items) = nested, items.isEmpty { throw .noGeometry }
        switch type.uppercased() {
        case "POINT":
            guard case .position(let position) = nested else { throw .unreadable }
            return .point(position)
        case "MULTIPOINT":
            guard let positions = nested.positions else { throw .unreadable }
            guard positions.count == 1 else { throw .otherGeometry }
            return .point(positions[0])
        case "LINESTRING":
            guard let positions = nested.positions else { throw .unreadable }
            return .lines([positions])
        case "MULTILINESTRING":
            guard let parts = nested.parts(\.positions) else { throw .unreadable }
            return .lines(parts)
        case "POLYGON":
            guard let rings = nested.parts(\.positions) else { throw .unreadable }
            return .areas([rings])
        case "MULTIPOLYGON":
            guard let areas = nested.parts({ $0.parts(\.positions) }) else { throw .unreadable }
            return .areas(areas)
        default: throw .otherGeometry
        }
    }

    // MARK: GeoJSON

    /// Reads a geometry object, or null.
    static func shape(_ cursor: inout JSONCursor) throws -> GeoShape {
        guard try cursor.peek() == UInt8(ascii: "{") else {
            try cursor.skip()
            throw FeatureProblem.noGeometry
        }
        var type = ""
        var nested: NestedPositions?
        var problem: FeatureProblem?
        try cursor.object { key, cursor in
            switch key {
            case "type": type = try cursor.scalar() ?? ""
            case "coordinates":
                var room = GeometryCheck.mostPoints
                let start = cursor
                do {
                    nested = try coordinates(&cursor, room: &room)
                } catch let found as FeatureProblem {
                    problem = found
                    cursor = start
                    try cursor.skip()
                }
            default: try cursor.skip()
            }
        }
        if let problem { throw problem }
        return try shape(type: type, nested)
    }

    private static func coordinates(_ cursor: inout JSONCursor, room: inout Int) throws -> NestedPositions {
        guard try cursor.peek() == UInt8(ascii: "[") else {
            try cursor.skip()
            throw FeatureProblem.noGeometry
        }
        var items: [NestedPositions] = []
        var numbers: (Double, Double) = (.nan, .nan)
        var count = 0
        try cursor.array { cursor in
            if try cursor.peek() == UInt8(ascii: "[") {
                items.append(try coordinates(&cursor, room: &room))
            } else {
                let number = try cursor.number()
                if count == 0 { numbers.0 = number } else if count == 1 { numbers.1 = number }
                count += 1
            }
        }
        guard count > 0 else { return .list(items) }
        guard items.isEmpty, count >= 2 else { throw FeatureProblem.unreadable }
        room -= 1
        guard room >= 0 else { throw FeatureProblem.tooLarge }
        return .position(Position(longitude: numbers.0, latitude: numbers.1))
    }

    // MARK: Well-known text

    /// "LINESTRING (-79.4 43.7, -79.5 43.8)", with SRID, Z or M as databases write them.
    static func shape(wellKnownText text: String) throws(FeatureProblem) -> GeoShape {
        var rest = text[...]
        if rest.uppercased().hasPrefix("SRID="), let end = rest.firstIndex(of: ";") {
            rest = rest[rest.index(after: end)...]
        }
        let head = rest.prefix { $0 != "(" }
        let words = head.split(separator: " ").map { $0.uppercased() }
        guard let type = words.first else { throw .noGeometry }
        if words.contains("EMPTY") { throw .noGeometry }
        var bytes = Array(rest.dropFirst(head.count).utf8)[...]
        var room = GeometryCheck.mostPoints
        guard let nested = try nested(&bytes, depth: 0, room: &room) else { throw .unreadable }
        // A point's text is a list of one position.
        if type == "POINT", case .list(let items) = nested, items.count == 1 { return try shape(type: type, items[0]) }
        if type == "MULTIPOINT", case .list(let items) = nested, items.count == 1, case .list(let inner) = items[0] {
            return try shape(type: type, .list(inner))
        }
        return try shape(type: type, nested)
    }

    /// A list in brackets; nil where the text is damaged.
    private static func nested(
        _ bytes: inout ArraySlice<UInt8>,
        depth: Int,
        room: inout Int
    ) throws(FeatureProblem) -> NestedPositions? {
        guard bytes.popFirst() == UInt8(ascii: "("), depth < 4 else { return nil }
        var items: [NestedPositions] = []
        while true {
            bytes = bytes.drop { $0 <= 0x20 }
            guard let next = bytes.first else { return nil }
            if next == UInt8(ascii: "(") {
                guard let inner = try nested(&bytes, depth: depth + 1, room: &room) else { return nil }
                items.append(inner)
            } else {
                let text = bytes.prefix { $0 != UInt8(ascii: ",") && $0 != UInt8(ascii: ")") }
                bytes = bytes[text.endIndex...]
                let numbers = text.split { $0 <= 0x20 }.map { Double(String(decoding: $0, as: UTF8.self)) }
                guard numbers.count >= 2, let x = numbers[0], let y = numbers[1] else { return nil }
                room -= 1
                if room < 0 { throw .tooLarge }
                items.append(.position(Position(longitude: x, latitude: y)))
            }
            bytes = bytes.drop { $0 <= 0x20 }
            switch bytes.popFirst() {
            case UInt8(ascii: ","): continue
            case UInt8(ascii: ")"): return .list(items)
            default: return nil
            }
        }
    }
}
