// Which property of a municipality's feature means what: common Canadian names by default, others by flag.

/// Roles that properties (GeoJSON) or columns (CSV) play.
package enum PropertyRole: String, Hashable, Sendable, Codable, CaseIterable {
    /// Full name of a street; a zone's name.
    case name
    case identifier
    case number, suffix
    case fromLeft, toLeft, fromRight, toRight
    /// CSV only.
    case geometry, latitude, longitude

    /// Names by which properties are known without a flag, in capitals, the most telling first: Toronto Centreline and
    /// Address Points, Ottawa, the Ontario and the National Road Network, Statistics Canada's road network file, ESRI's
    /// address model.
    package var commonNames: [String] {
        switch self {
        case .name:
            [
                "LINEAR_NAME_FULL", "FULL_STREET_NAME", "OFFICIAL_STREET_NAME", "STREET_NAME_FULL", "FULLNAME",
                "FULL_NAME", "ROAD_NAME_FULL", "ROAD_NAME", "ROADNAME", "STREETNAME", "STREET_NAME", "STREET",
                "LF_NAME",
                "L_STNAME_C", "ZONE_NAME", "ZONE", "NAME",
            ]
        case .identifier:
            [
                "CENTRELINE_ID", "ADDRESS_POINT_ID", "ADDRESS_ID", "ROADSEGID", "NID", "ROAD_ID", "GLOBALID", "ZONE_ID",
                "ID", "OBJECTID", "FID",
            ]
        case .number:
            [
                "ADDRESS_NUMBER", "CIVIC_NUMBER", "CIVIC_NUM", "CIVIC_NO", "CIVICNO", "HOUSE_NUMBER", "STREET_NUMBER",
                "ADDRNUM", "ADD_NUMBER", "STREETNUM", "ADDRESS", "LO_NUM", "NUMBER",
            ]
        case .suffix: ["LO_NUM_SUF", "CIVIC_SUFFIX", "CIVIC_SUF", "NUMBER_SUFFIX", "ADDNUM_SUF", "ADDRNUMSUF"]
        case .fromLeft:
            ["L_F_ADD", "FROMLEFT", "FROMADDR_L", "L_HNUMF", "LO_NUM_L", "AFL_VAL", "LFROMADD", "LEFT_FROM"]
        case .toLeft: ["L_T_ADD", "TOLEFT", "TOADDR_L", "L_HNUML", "HI_NUM_L", "ATL_VAL", "LTOADD", "LEFT_TO"]
        case .fromRight:
            ["R_F_ADD", "FROMRIGHT", "FROMADDR_R", "R_HNUMF", "LO_NUM_R", "AFR_VAL", "RFROMADD", "RIGHT_FROM"]
        case .toRight: ["R_T_ADD", "TORIGHT", "TOADDR_R", "R_HNUML", "HI_NUM_R", "ATR_VAL", "RTOADD", "RIGHT_TO"]
        case .geometry: ["GEOMETRY", "WKT", "THE_GEOM", "GEOM", "SHAPE"]
        case .latitude: ["LATITUDE", "LAT", "Y"]
        case .longitude: ["LONGITUDE", "LON", "LONG", "LNG", "X"]
        }
    }
}

/// Property names as they stand in the files, compared without regard to case.
package struct PropertyMapping: Hashable, Sendable {
    /// Name in capitals -> role and rank: of several properties of one role the lowest rank counts.
    private let roles: [String: (role: PropertyRole, rank: Int)]
    /// Shown in messages and hashed in place of the table.
    private let chosen: [PropertyRole: String]

    /// - Parameter names: what a flag names goes before the common names.
    package init(_ names: [PropertyRole: String] = [:]) {
        var roles: [String: (role: PropertyRole, rank: Int)] = [:]
        for role in PropertyRole.allCases {
            for (index, name) in role.commonNames.enumerated() { roles[name] = (role, index + 1) }
        }
        for (role, name) in names { roles[name.uppercased()] = (role, 0) }
        self.roles = roles
        chosen = names
    }

    func role(of property: String) -> (role: PropertyRole, rank: Int)? {
        roles[property] ?? roles[property.uppercased()]
    }

    package static func == (a: PropertyMapping, b: PropertyMapping) -> Bool { a.chosen == b.chosen }
    package func hash(into hasher: inout Hasher) { hasher.combine(chosen) }
}

/// What a feature says for each role, the best-ranked property of each.
struct FeatureProperties {
    private var values: [PropertyRole: (text: String, rank: Int)] = [:]

    mutating func take(_ text: String, _ place: (role: PropertyRole, rank: Int)) {
        guard !text.isEmpty else { return }
        if let there = values[place.role], there.rank <= place.rank { return }
        values[place.role] = (text, place.rank)
    }

    subscript(role: PropertyRole) -> String? { values[role]?.text }

    /// A whole number such as "14", "14.0" or " 14 "; nil for anything else.
    func integer(_ role: PropertyRole) -> Int? {
        guard let text = values[role]?.text.trimmedSpaces else { return nil }
        if let whole = Int(text) { return whole }
        guard let value = Double(text), value.isFinite, abs(value) < 1e9, value == value.rounded() else { return nil }
        return Int(value)
    }
}

extension String {
    /// Without spaces at either end, and with single ones between words.
    var trimmedSpaces: String { split(whereSeparator: \.isWhitespace).joined(separator: " ") }
}
