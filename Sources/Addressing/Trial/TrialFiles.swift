// The made-up town as the files that a municipality would give, and the questions whose answers it knows.
internal import Foundation
internal import ParkingCore

#if canImport(Glibc)
internal import Glibc
#endif

/// A vehicle parked before a house of the made-up town.
package struct TrialQuestion: Sendable {
    package let number: String
    package let street: String
    package let isHeldOut: Bool
    /// Numbers of the block's pieces in the file.
    let block: Range<Int>
    /// On the town's plane: the spot of the curb, the direction of the street and that from the street to the house.
    let curb: Metres
    let direction: Metres
    let outward: Metres
}

package struct TrialFiles: Sendable {
    package let streets: String
    package let addresses: String
    package let zones: String
    package let addressCount: Int
    package let questions: [TrialQuestion]

    /// Writes the town's three files into a folder.
    /// - Parameter questionShare: of the known and of the held-out houses, how many are asked for.
    /// - Throws: `AddressingError`, when the folder cannot be written.
    package init(_ town: TrialTown, folder: String, questionShare: Double) throws(AddressingError) {
        streets = "\(folder)/streets.geojson"
        addresses = "\(folder)/addresses.geojson"
        zones = "\(folder)/zones.geojson"
        let streetFile = try CollectionWriter(streets)
        let addressFile = try CollectionWriter(addresses)
        var questions: [TrialQuestion] = []
        var count = 0
        var chance = SeededChance(town.seed &+ 99)
        var index = 0
        let plane = TrialTown.plane
        try town.forEachPieceThrowing { piece throws(AddressingError) in
            try streetFile.write(TrialFiles.street(piece, id: index, plane, &chance))
            index += 1
            for (side, lots) in piece.lots.enumerated() {
                for lot in lots where lot.fate != .missing {
                    let spot = piece.line.spot(at: lot.offset)
                    let outward = side == 0 ? spot.direction.right * -1 : spot.direction.right
                    if lot.fate == .known {
                        let point = piece.line.spot(at: lot.offset + lot.shift).point + outward * lot.setback
                        try addressFile.write(TrialFiles.address(lot, street: piece.name, id: count, at: point, plane))
                        count += 1
                    }
                    guard chance.happens(questionShare) else { continue }
                    // Cars stand anywhere before a house, not at its middle.
                    let parked = piece.line.spot(at: lot.offset + chance.within(-0.4, 0.4) * lot.frontage)
                    questions.append(
                        TrialQuestion(
                            number: lot.label,
                            street: piece.name,
                            isHeldOut: lot.fate == .heldOut,
                            block: piece.block,
                            curb: parked.point,
                            direction: parked.direction,
                            outward: side == 0 ? parked.direction.right * -1 : parked.direction.right
                        )
                    )
                }
            }
        }
        try streetFile.close()
        try addressFile.close()
        let zoneFile = try CollectionWriter(zones)
        for zone in TrialFiles.zones(town, plane) { try zoneFile.write(zone) }
        try zoneFile.close()
        self.questions = questions
        addressCount = count
    }

    // MARK: Features

    private static func coordinates(_ point: Metres, _ plane: MetricPlane) -> String {
        let degrees = plane.degrees(point)
        return "[\((degrees.longitude * 1e7).rounded() / 1e7),\((degrees.latitude * 1e7).rounded() / 1e7)]"
    }

    private static func street(
        _ piece: TrialPiece,
        id: Int,
        _ plane: MetricPlane,
        _ chance: inout SeededChance
    ) -> String {
        let points = piece.isDrawnBackwards ? piece.line.points.reversed() : piece.line.points
        // What stands left of the rising direction stands right of a line drawn the other way.
        let left = piece.isDrawnBackwards ? piece.lots[1].reversed() : piece.lots[0]
        let right = piece.isDrawnBackwards ? piece.lots[0].reversed() : piece.lots[1]
        let style = chance.within(0, 1)
        func ends(_ lots: [TrialLot]) -> (Int, Int) {
            guard let first = lots.first, let last = lots.last, style < 0.9 else { return (0, 0) }
            // Two of ten files give the hundred rather than the houses.
            guard style < 0.2 else { return (first.number, last.number) }
            let low = min(first.number, last.number) / 100 * 100 + 2 - first.number % 2
            let high = max(first.number, last.number) / 100 * 100 + 98 + first.number % 2
            return first.number <= last.number ? (low, high) : (high, low)
        }
        let (fromLeft, toLeft) = ends(left)
        let (fromRight, toRight) = ends(right)
        return """
            {"type":"Feature","properties":{"CENTRELINE_ID":\(id + 1),"LINEAR_NAME_FULL":"\(piece.name)",\
            "L_F_ADD":\(fromLeft),"L_T_ADD":\(toLeft),"R_F_ADD":\(fromRight),"R_T_ADD":\(toRight)},\
            "geometry":{"type":"LineString","coordinates":[\
            \(points.map { coordinates($0, plane) }.joined(separator: ","))]}}
            """
    }

    private static func address(
        _ lot: TrialLot,
        street: String,
        id: Int,
        at point: Metres,
        _ plane: MetricPlane
    ) -> String {
        """
        {"type":"Feature","properties":{"ADDRESS_POINT_ID":\(id + 1),"ADDRESS_NUMBER":"\(lot.label)",\
        "LINEAR_NAME_FULL":"\(street)","MUNICIPALITY":"Trial Town","WARD":"\(id % 25)"},\
        "geometry":{"type":"Point","coordinates":\(coordinates(point, plane))}}
        """
    }

    /// One area a tile, a little within its arterials.
    private static func zones(_ town: TrialTown, _ plane: MetricPlane) -> [String] {
        (0..<(town.side * town.side)).map { index in
            let west = Double(index % town.side) * TrialTown.tile + 60
            let south = Double(index / town.side) * TrialTown.tile + 60
            let size = TrialTown.tile - 120
            let ring = [(0.0, 0.0), (size, 0), (size, size), (0, size), (0, 0)].map {
                coordinates(TrialTown.bent(Metres(east: west + $0.0, north: south + $0.1)), plane)
            }
            return """
                {"type":"Feature","properties":{"ZONE_NAME":"Zone \(index + 1)"},"geometry":{"type":"Polygon",\
                "coordinates":[[\(ring.joined(separator: ","))]]}}
                """
        }
    }
}

extension TrialTown {
    fileprivate func forEachPieceThrowing(_ each: (TrialPiece) throws(AddressingError) -> Void) throws(AddressingError)
    {
        do {
            try forEachPiece { try each($0) }
        } catch {
            throw error as? AddressingError ?? AddressingError(.notWritable, "\(error)")
        }
    }
}

/// A FeatureCollection, a feature a line, through C's buffered files.
private final class CollectionWriter {
    private let path: String
    private var file: UnsafeMutablePointer<FILE>?
    private var isFirst = true

    init(_ path: String) throws(AddressingError) {
        self.path = path
        file = fopen(path, "we")
        guard file != nil else {
            throw AddressingError(
                .notWritable,
                "\(path) cannot be written (\(String(cString: strerror(errno)))); check its folder"
            )
        }
        try put("{\"type\":\"FeatureCollection\",\"features\":[\n")
    }

    deinit { if let file { fclose(file) } }

    func write(_ feature: String) throws(AddressingError) {
        try put((isFirst ? "" : ",\n") + feature)
        isFirst = false
    }

    func close() throws(AddressingError) {
        try put("\n]}\n")
        guard let open = file else { return }
        file = nil
        if fclose(open) != 0 { throw failed(errno) }
    }

    private func put(_ text: String) throws(AddressingError) {
        guard let file else { return }
        if fputs(text, file) < 0 { throw failed(errno) }
    }

    private func failed(_ reason: Int32) -> AddressingError {
        AddressingError(
            .notWritable,
            "\(path) cannot be written (\(String(cString: strerror(reason)))); free some space"
        )
    }
}
