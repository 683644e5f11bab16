// The city's file, read for whoever patrols in it.
internal import CityFiles
internal import ParkingCore
internal import PatrolEngine

extension City {
    /// - Throws: `EngineError` (`city`) naming the file and what is wrong in it.
    static func read(path: String) throws -> City {
        do throws(CityFileError) {
            return try CityFile.read(path: path)
        } catch {
            throw EngineError(.city, error.description)
        }
    }
}
