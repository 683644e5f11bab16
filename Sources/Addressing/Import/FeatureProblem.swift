// What can be wrong with a feature of a municipality's file, by kind, and how much of it an import has met.

/// Why a feature was left out, or was taken with a doubt.
package enum FeatureProblem: String, Hashable, Sendable, Codable, CaseIterable, Error {
    case unreadable
    case noGeometry
    case otherGeometry
    case notFinite
    case projected
    case outOfRange
    case swapped
    case tooFewPoints
    case tooLarge
    case tooLong
    case selfCrossing
    case duplicate
    case noName
    case noNumber
    case streetUnknown

    /// What it is, and the cure.
    package var words: String {
        switch self {
        case .unreadable: "cannot be read (damaged JSON, WKT or row); export the file again"
        case .noGeometry: "has no geometry, or an empty one; delete it, or give it its place"
        case .otherGeometry: "is neither line, point nor polygon of one kind; export the layers as simple features"
        case .notFinite: "has a coordinate that is no number; correct it"
        case .projected:
            "has metres instead of degrees; export in WGS 84 (ogr2ogr -t_srs EPSG:4326 out.geojson in.geojson)"
        case .outOfRange: "lies outside -90 to 90 and -180 to 180 degrees; correct it"
        case .swapped: "has latitude and longitude swapped; export with longitude first, or name the columns rightly"
        case .tooFewPoints: "has too few different points for its kind; delete or redraw it"
        case .tooLarge: "is larger than a feature may be (16 MB, 100,000 points); split or simplify it"
        case .tooLong: "is a line of more than 100 km, or jumps 20 km at once; correct the stray point"
        case .selfCrossing: "is an area whose outline crosses itself; redraw it"
        case .duplicate: "has the id of an earlier one in the same file; the first was taken"
        case .noName: "has no street or zone name; name the property with --name"
        case .noNumber: "has no civic number; name the property with --number"
        case .streetUnknown: "names a street that no centreline within 250 m has; correct its street name"
        }
    }

    /// Whether the file speaks of something else rather than being wrong: walkways without a name, parks without a
    /// number. Such features are counted and told, and do not stop an import.
    var isHarmless: Bool { self == .noName || self == .noNumber }
}

/// One bad feature, to find it again.
package struct FeatureFault: Hashable, Sendable, Codable, CustomStringConvertible {
    package let file: String
    /// "feature 17 (id 4711)", "line 18".
    package let place: String
    package let problem: FeatureProblem
    package var description: String { "\(file): \(place) \(problem.words)" }
}

package struct PlaceImportReport: Hashable, Sendable, Codable {
    package internal(set) var streetPieces = 0
    package internal(set) var addressPoints = 0
    package internal(set) var zones = 0
    /// Features left out, by kind.
    package internal(set) var left: [String: Int] = [:]
    /// Address points that say again what another says (units of one building): not bad, taken once.
    package internal(set) var repeatedAddresses = 0
    /// The first of each kind, at most `shown` a kind.
    package internal(set) var faults: [FeatureFault] = []
    package static let shown = 3

    package var good: Int { streetPieces + addressPoints + zones + repeatedAddresses }
    /// Features that are wrong; those without a name or number are counted apart, in `left`.
    package var bad: Int {
        FeatureProblem.allCases.reduce(0) { $0 + ($1.isHarmless ? 0 : left[$1.rawValue] ?? 0) }
    }

    mutating func note(_ problem: FeatureProblem, file: String, place: String) {
        let count = left[problem.rawValue, default: 0]
        left[problem.rawValue] = count + 1
        if count < PlaceImportReport.shown {
            faults.append(FeatureFault(file: file, place: place, problem: problem))
        }
    }
}
