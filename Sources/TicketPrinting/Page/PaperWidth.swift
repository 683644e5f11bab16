// The rolls that tickets are printed on, in whole dots of a 203 dpi print head.

/// 203 dpi heads have 8 dots a millimetre; what they cannot reach at either side stays white.
package enum PaperWidth: String, Hashable, Sendable, Codable, CaseIterable {
    case fourInch = "4in"
    case eightyMillimetres = "80mm"
    case fiftyEightMillimetres = "58mm"

    /// The whole roll: 812 dots are 4 inches, 640 are 80 mm, 468 are 58.6 mm (the next to 58 that is whole points).
    package var dots: Int {
        switch self {
        case .fourInch: 812
        case .eightyMillimetres: 640
        case .fiftyEightMillimetres: 468
        }
    }

    /// White at either side; heads for 80 mm rolls have 576 dots, those for 58 mm rolls 384.
    var marginDots: Int {
        switch self {
        case .fourInch: 18
        case .eightyMillimetres: 36
        case .fiftyEightMillimetres: 42
        }
    }

    /// In points of 1/72 inch.
    var width: Double { Double(dots) * Canvas.dot }
    var margin: Double { Double(marginDots) * Canvas.dot }
    var millimetres: Double { Double(dots) / 203 * 25.4 }
}
