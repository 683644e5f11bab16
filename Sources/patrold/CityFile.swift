// The city's file, read for whoever patrols in it.
internal import Foundation
internal import ParkingCore
internal import PatrolEngine

extension City {
    /// - Throws: `EngineError` (`city`) naming the file and what is wrong in it.
    static func read(path: String) throws -> City {
        let data: Data
        do {
            data = try Data(contentsOf: URL(filePath: path))
        } catch {
            throw EngineError(.city, "\(path) cannot be read", cause: error)
        }
        do {
            return try City.load(json: data)
        } catch {
            throw EngineError(.city, "\(path): \(error)")
        }
    }
}
