// What was measured of our recogniser on photographs that it was not trained on: figures alone
// (Training/reader/errors.py makes them).
package import Foundation

package struct SimulationError: Error, CustomStringConvertible {
    package let message: String
    package init(_ message: String) { self.message = message }
    package var description: String { message }
}

/// One pass of a real plate: what became of its text.
package struct MeasuredPass: Decodable, Sendable {
    package enum Kind: String, Decodable, Sendable {
        case substituted = "sub"
        case inserted = "ins"
        case deleted = "del"
    }

    package struct Operation: Decodable, Hashable, Sendable {
        package let kind: Kind
        /// Place in the true text.
        package let place: Int

        package init(kind: Kind, place: Int) {
            self.kind = kind
            self.place = place
        }

        package init(from decoder: any Decoder) throws {
            var values = try decoder.unkeyedContainer()
            kind = try values.decode(Kind.self)
            place = try values.decode(Int.self)
        }
    }

    package let plate: Int
    package let length: Int
    package let widthPixels: Double
    /// Of a region where no authority stamps plates: any painter makes them, on boards of any ground.
    package let handLettered: Bool
    /// Share of the plate before which something stands.
    package let covered: Double
    /// All of these are missing where the plate was not read at all.
    package let confidence: Double?
    package let frames: Int?
    package let operations: [Operation]?
    package let characters: [Double]?
    /// Probability, and how many operations from what was read.
    package let alternates: [[Double]]?
    /// Which alternate is the truth, from 1; 0: none.
    package let truth: Int?
}

/// A read where no plate is.
package struct MeasuredGhost: Decodable, Sendable {
    package let confidence: Double
    package let frames: Int
    package let length: Int
}

/// How often a vehicle that passes is told a plate where none is.
package struct MeasuredStrays: Decodable, Sendable {
    /// Pictures of a camera that were filled with street.
    package let frames: Double
    package let told: Int
}

package struct MeasuredReads: Decodable, Sendable {
    package let plates: Int
    package let noPlateVideos: Int
    /// How often each character stood on the plates that were read.
    package let shown: [String: Int]
    /// How often the first character was taken for the second.
    package let pairs: [String: Int]
    package let wrongTwice: Int
    package let wrongAlike: Int
    package let ghosts: [MeasuredGhost]
    package let strays: MeasuredStrays
    package let reads: [MeasuredPass]

    /// The figures that stand beside this target's sources.
    /// - Throws: `SimulationError` where they are missing or damaged.
    package static func kept() throws -> MeasuredReads {
        guard let url = Bundle.module.url(forResource: "Figures/reads", withExtension: "json") else {
            throw SimulationError("Figures/reads.json is missing beside the program; build the project again")
        }
        return try MeasuredReads(url)
    }

    /// - Throws: `SimulationError` where there is no such file, or other things stand in it.
    package init(_ file: URL) throws {
        do {
            self = try JSONDecoder().decode(MeasuredReads.self, from: try Data(contentsOf: file))
        } catch CocoaError.fileReadNoSuchFile {
            throw SimulationError("\(file.path): there is no such file")
        } catch {
            throw SimulationError("\(file.path) cannot be read (\(error)); make it with Training/reader/errors.py")
        }
    }
}
