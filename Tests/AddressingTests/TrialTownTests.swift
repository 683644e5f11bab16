// The made-up town is repeatable, and answers in it are right as often as is promised; small sizes of the real trial.
import Foundation
import ParkingCore
import Testing

@testable import Addressing

@Suite struct TrialTownTests {
    private func town(_ place: Workplace, seed: UInt64) throws -> (TrialFiles, AddressBook) {
        let files = try TrialFiles(
            TrialTown(addresses: 4500, seed: seed, heldOutShare: 0.1),
            folder: place.path,
            questionShare: 0.3
        )
        let report = try place.take([files.addresses, files.streets, files.zones])
        #expect(report.bad == 0)
        #expect(report.addressPoints > 2000)
        return (files, try AddressBook(path: place.book))
    }

    @Test func `the same seed gives the same town`() throws {
        let place = try Workplace()
        let first = try TrialFiles(
            TrialTown(addresses: 2000, seed: 5, heldOutShare: 0.1),
            folder: place.path,
            questionShare: 1
        )
        let before = try Data(contentsOf: URL(filePath: first.addresses))
        let other = try TrialFiles(
            TrialTown(addresses: 2000, seed: 6, heldOutShare: 0.1),
            folder: place.path,
            questionShare: 1
        )
        #expect(try Data(contentsOf: URL(filePath: other.addresses)) != before)
        _ = try TrialFiles(TrialTown(addresses: 2000, seed: 5, heldOutShare: 0.1), folder: place.path, questionShare: 1)
        #expect(try Data(contentsOf: URL(filePath: first.addresses)) == before)
    }

    @Test(arguments: [21, 22] as [UInt64])
    func `sure answers are right, and a poorer position makes fewer of them`(seed: UInt64) throws {
        let place = try Workplace()
        let (files, book) = try town(place, seed: seed)
        let rows = try PrecisionTrial.rows(files.questions, book: book, errorsMetres: [0, 5, 20], seed: 1)
        let known = rows.filter { !$0.isHeldOut }
        let good = known[0]
        #expect(Double(good.exact) > 0.9 * Double(good.asked))
        #expect(Double(good.blockFace) > 0.98 * Double(good.asked))
        #expect(Double(good.sure) > 0.5 * Double(good.asked))
        for row in known {
            #expect(row.unanswered == 0)
            #expect(Double(row.sureAndExact) >= 0.95 * Double(row.sure), "\(row)")
            #expect(Double(row.sureOfFaceAndRight) >= 0.99 * Double(row.sureOfFace), "\(row)")
        }
        #expect(known[1].sure < known[0].sure && known[2].sure < known[1].sure)
        // A house that the file lacks cannot be named surely; nearly all of them are marked.
        for row in rows where row.isHeldOut { #expect(Double(row.sure) < 0.1 * Double(row.asked), "\(row)") }
    }
}
