// Which of the formats that a camera gives is taken, and how that is told.

/// What a camera answered when it was asked for a format, size and rate.
struct FormatOffer: Equatable {
    let format: CameraPixelFormat
    let width: Int
    let height: Int
    /// nil: the driver does not say.
    let framesPerSecond: Double?
}

enum FormatChoice {
    /// A rate this much below the asked one still counts as it.
    static let rateTolerance = 0.9

    static func hasSize(_ offer: FormatOffer, _ settings: CameraSettings) -> Bool {
        offer.width == settings.width && offer.height == settings.height
    }

    static func hasRate(_ offer: FormatOffer, _ settings: CameraSettings) -> Bool {
        offer.framesPerSecond.map { $0 >= settings.framesPerSecond * rateTolerance } ?? true
    }

    /// - Parameter offers: in the order of preference.
    /// - Returns: the index of the best: the size asked for, then the rate, then the size nearest to it, then preference.
    static func best(of offers: [FormatOffer], for settings: CameraSettings) -> Int? {
        func distance(_ offer: FormatOffer) -> Int {
            abs(offer.width * offer.height - settings.width * settings.height)
        }
        func isBetter(_ a: FormatOffer, _ b: FormatOffer) -> Bool {
            let sizes = (hasSize(a, settings), hasSize(b, settings))
            if sizes.0 != sizes.1 { return sizes.0 }
            let rates = (hasRate(a, settings), hasRate(b, settings))
            if rates.0 != rates.1 { return rates.0 }
            return distance(a) < distance(b)
        }
        var best: Int?
        for index in offers.indices {
            if let current = best, !isBetter(offers[index], offers[current]) { continue }
            best = index
        }
        return best
    }

    /// "1280x720 MJPG at 15/s asked; the camera gives 640x480 YUYV at 30/s".
    static func words(_ offer: FormatOffer, for settings: CameraSettings, notes: [String]) -> String {
        let formats = settings.formats.map(\.rawValue).joined(separator: " or ")
        let asked = "\(settings.width)x\(settings.height) \(formats) at \(rate(settings.framesPerSecond))/s asked"
        let given = "\(offer.width)x\(offer.height) \(offer.format.rawValue)"
        let pace = offer.framesPerSecond.map { "at \(rate($0))/s" } ?? "at a rate that it does not tell"
        let warning = hasSize(offer, settings) ? [] : ["far plates may be too small to read"]
        return (["\(asked); the camera gives \(given) \(pace)"] + warning + notes).joined(separator: "; ")
    }

    private static func rate(_ value: Double) -> String {
        let tenths = (value * 10).rounded() / 10
        return tenths == tenths.rounded() ? String(Int(tenths)) : String(tenths)
    }
}
