// A FeatureCollection of any length, feature by feature: memory holds one chunk and one feature.
//
// Also takes features one after the other (GeoJSON text sequences, one feature a line).
internal import ParkingCore

struct GeoJSONFile {
    static let longestFeatureBytes = 16 << 20
    private static let longestHeadBytes = 1 << 20
    /// Codes of the same degrees, within 2 m: WGS 84, NAD83, NAD83(CSRS), and WGS 84 with heights.
    private static let goodCodes: Set<String> = ["4326", "4269", "4617", "4979", "4955"]

    private var reader: GeoJSONFeatureReader
    private var depth = 0
    private var isInString = false
    private var isEscaped = false
    private var isInFeatures = false
    private var hasFeatures = false
    /// The last string at depth 1: a key, when a bracket follows.
    private var word: [UInt8] = []
    private var isWordTaken = false
    /// What is captured now: a feature, or the root without its features.
    private var feature: [UInt8] = []
    private var head: [UInt8] = []
    private var isTooLarge = false
    private(set) var features = 0
    private var hasRoot = false

    init(mapping: PropertyMapping) { reader = GeoJSONFeatureReader(mapping: mapping) }

    /// - Throws: `AddressingError` for what spoils the whole file, without its name; what `each` throws.
    mutating func consume(_ chunk: UnsafeBufferPointer<UInt8>, each: (GeoFeature) throws -> Void) throws {
        var start = 0
        for index in chunk.indices {
            let byte = chunk[index]
            if isInString {
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isInString = false
                    isWordTaken = false
                } else if isWordTaken, word.count < 64 {
                    word.append(byte)
                }
                continue
            }
            switch byte {
            case UInt8(ascii: "\""):
                isInString = true
                if depth == 1, !isInFeatures {
                    word.removeAll(keepingCapacity: true)
                    isWordTaken = true
                }
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                if depth == 0 {
                    guard byte == UInt8(ascii: "{") else { throw notGeoJSON }
                    start = index
                    hasRoot = true
                    hasFeatures = false
                    head.removeAll(keepingCapacity: true)
                } else if depth == 1, byte == UInt8(ascii: "["), word.elementsEqual("features".utf8) {
                    // The head so far, closed at its end.
                    try capture(UnsafeBufferPointer(rebasing: chunk[start...index]))
                    isInFeatures = true
                    hasFeatures = true
                    try checkReference()
                } else if depth == 2, isInFeatures {
                    feature.removeAll(keepingCapacity: true)
                    isTooLarge = false
                    start = index
                }
                depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                if depth == 2, isInFeatures {
                    try capture(UnsafeBufferPointer(rebasing: chunk[start...index]))
                    try emit(feature, each)
                    start = index + 1
                } else if depth == 1, isInFeatures {
                    isInFeatures = false
                    word.removeAll(keepingCapacity: true)
                    start = index
                } else if depth == 0 {
                    try capture(UnsafeBufferPointer(rebasing: chunk[start...index]))
                    if hasFeatures { try checkReference() } else { try emit(head, each) }
                    start = index + 1
                } else if depth < 0 {
                    throw notGeoJSON
                }
            default:
                // Between the roots: spaces, a byte-order mark, the separator of text sequences.
                if depth == 0, byte > 0x20, ![0xEF, 0xBB, 0xBF].contains(byte) { throw notGeoJSON }
            }
        }
        if depth > 2 || (depth >= 1 && !isInFeatures) {
            try capture(UnsafeBufferPointer(rebasing: chunk[min(start, chunk.count)...]))
        }
    }

    /// - Throws: `AddressingError` where the file ends too early.
    func finish() throws(AddressingError) {
        guard hasRoot else { throw notGeoJSON }
        guard depth == 0 else {
            throw AddressingError(
                .badFile,
                "ends in the middle, after \(features) whole features: it was cut off; copy or export it again"
            )
        }
    }

    private var notGeoJSON: AddressingError {
        AddressingError(
            .badFile,
            "is no GeoJSON: a FeatureCollection, or features one after the other, are expected; export it so"
        )
    }

    private mutating func capture(_ bytes: UnsafeBufferPointer<UInt8>) throws(AddressingError) {
        if isInFeatures {
            if feature.count + bytes.count > GeoJSONFile.longestFeatureBytes {
                isTooLarge = true
            } else if !isTooLarge {
                feature.append(contentsOf: bytes)
            }
        } else {
            let limit = hasFeatures ? GeoJSONFile.longestHeadBytes : GeoJSONFile.longestFeatureBytes
            guard head.count + bytes.count <= limit else {
                throw AddressingError(
                    .badFile,
                    "has no features within its first \(limit >> 20) MiB; export a FeatureCollection"
                )
            }
            head.append(contentsOf: bytes)
        }
    }

    private mutating func emit(_ bytes: [UInt8], _ each: (GeoFeature) throws -> Void) throws {
        features += 1
        let place = "feature \(features)"
        if isTooLarge {
            isTooLarge = false
            return try each(
                GeoFeature(place: place, properties: FeatureProperties(), shape: .failure(.tooLarge))
            )
        }
        try each(reader.feature(bytes, place: place))
    }

    /// Refuses another reference system than degrees.
    private func checkReference() throws(AddressingError) {
        let text = String(decoding: head, as: UTF8.self)
        guard text.contains("\"crs\""), let match = text.firstMatch(of: /EPSG(?:\/0\/|:+)(\d+)/) else { return }
        let code = String(match.1)
        guard !GeoJSONFile.goodCodes.contains(code) else { return }
        throw AddressingError(
            .badFile,
            "is in the reference system EPSG:\(code), not in degrees of WGS 84; convert it with"
                + " 'ogr2ogr -t_srs EPSG:4326 out.geojson in.geojson'"
        )
    }
}

/// One feature's bytes as a feature.
struct GeoJSONFeatureReader {
    private let mapping: PropertyMapping
    /// Keys met so far: the same ones come a million times.
    private var known: [String: (role: PropertyRole, rank: Int)?] = [:]

    init(mapping: PropertyMapping) { self.mapping = mapping }

    mutating func feature(_ bytes: [UInt8], place: String) -> GeoFeature {
        var properties = FeatureProperties()
        var shape: Result<GeoShape, FeatureProblem> = .failure(.noGeometry)
        do {
            try bytes.withUnsafeBufferPointer { buffer in
                var cursor = JSONCursor(buffer)
                try cursor.object { key, cursor in
                    switch key {
                    case "properties": try take(&properties, &cursor)
                    case "geometry":
                        do {
                            shape = .success(try GeometryText.shape(&cursor))
                        } catch let problem as FeatureProblem {
                            shape = .failure(problem)
                        }
                    case "id":
                        let first = try cursor.peek()
                        if first == UInt8(ascii: "{") || first == UInt8(ascii: "[") {
                            try cursor.skip()
                        } else {
                            properties.take(try cursor.scalar() ?? "", (.identifier, 50))
                        }
                    default: try cursor.skip()
                    }
                }
                if !cursor.isAtEnd { throw JSONFault(offset: cursor.offset) }
            }
        } catch {
            shape = .failure(.unreadable)
        }
        return GeoFeature(place: place, properties: properties, shape: shape)
    }

    private mutating func take(_ properties: inout FeatureProperties, _ cursor: inout JSONCursor) throws {
        guard try cursor.peek() == UInt8(ascii: "{") else { return try cursor.skip() }
        try cursor.object { key, cursor in
            let first = try cursor.peek()
            guard let role = role(of: key), first != UInt8(ascii: "{"), first != UInt8(ascii: "[") else {
                return try cursor.skip()
            }
            if let text = try cursor.scalar() { properties.take(text, role) }
        }
    }

    private mutating func role(of key: String) -> (role: PropertyRole, rank: Int)? {
        if let found = known[key] { return found }
        let role = mapping.role(of: key)
        if known.count < 1000 { known[key] = .some(role) }
        return role
    }
}
