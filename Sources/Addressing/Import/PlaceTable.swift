// The same features from a CSV file: a column of geometry (well-known text, or GeoJSON as Toronto's portal writes it), or
// columns of latitude and longitude.
internal import ParkingCore

struct PlaceTable {
    private let mapping: PropertyMapping
    private var csv = CSVReader(maximumRowBytes: GeoJSONFile.longestFeatureBytes)
    private var columns: [(index: Int, role: PropertyRole, rank: Int)] = []
    private var width = 0

    init(mapping: PropertyMapping) { self.mapping = mapping }

    mutating func consume(_ chunk: UnsafeBufferPointer<UInt8>, each: (GeoFeature) throws -> Void) throws {
        var copy = csv
        defer { csv = copy }
        do {
            try copy.consume(chunk) { try take($0, each) }
        } catch let error as CSVError {
            throw AddressingError(.badFile, "\(error)")
        }
    }

    mutating func finish(each: (GeoFeature) throws -> Void) throws {
        var copy = csv
        do {
            try copy.finish { try take($0, each) }
        } catch let error as CSVError {
            throw AddressingError(.badFile, "\(error)")
        }
        guard width > 0 else { throw AddressingError(.badFile, "is empty; export it again") }
    }

    private mutating func take(_ row: CSVRow, _ each: (GeoFeature) throws -> Void) throws {
        guard width > 0 else { return try takeHeader(row) }
        var properties = FeatureProperties()
        let place = "line \(row.line)"
        guard row.malformed == nil, row.count == width else {
            return try each(GeoFeature(place: place, properties: properties, shape: .failure(.unreadable)))
        }
        for column in columns { properties.take(row.text(column.index), (column.role, column.rank)) }
        try each(GeoFeature(place: place, properties: properties, shape: PlaceTable.shape(properties)))
    }

    private mutating func takeHeader(_ row: CSVRow) throws {
        width = row.count
        for index in 0..<row.count {
            if let role = mapping.role(of: row.text(index).trimmedSpaces) {
                columns.append((index, role.role, role.rank))
            }
        }
        let roles = Set(columns.map(\.role))
        guard roles.contains(.geometry) || roles.isSuperset(of: [.latitude, .longitude]) else {
            throw AddressingError(
                .badFile,
                "line 1: no column of geometry (WKT or GeoJSON) and none of latitude and longitude is known among '"
                    + (0..<min(row.count, 12)).map { String(row.text($0).prefix(30)) }.joined(separator: ", ")
                    + "'; name them with --geometry, or --latitude and --longitude"
            )
        }
    }

    private static func shape(_ properties: FeatureProperties) -> Result<GeoShape, FeatureProblem> {
        if let text = properties[.geometry] {
            do {
                guard text.first == "{" else { return .success(try GeometryText.shape(wellKnownText: text)) }
                return .success(
                    try Array(text.utf8).withUnsafeBufferPointer { buffer in
                        var cursor = JSONCursor(buffer)
                        return try GeometryText.shape(&cursor)
                    }
                )
            } catch {
                return .failure(error as? FeatureProblem ?? .unreadable)
            }
        }
        guard let latitude = properties[.latitude], let longitude = properties[.longitude] else {
            return .failure(.noGeometry)
        }
        guard let y = Double(latitude.trimmedSpaces), let x = Double(longitude.trimmedSpaces) else {
            return .failure(.notFinite)
        }
        return .success(.point(Position(longitude: x, latitude: y)))
    }
}
