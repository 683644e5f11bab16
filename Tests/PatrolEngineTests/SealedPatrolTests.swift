// The desk's facts as evidence: each alert, decision and ticket signed in its chain, with what was known at that moment.
import Evidence
import Foundation
import Logging
import ParkingCore
import PatrolAPI
import SyncProtocol
import Testing

@testable import PatrolEngine

@Suite struct SealedPatrolTests {
    @Test func `an alert, its decision and its ticket are signed with lists, reasons and photos`() async throws {
        let patrol = try await Patrol(isSealed: true)
        try await patrol.desk.handle(try patrol.pass("CKTR482"))
        try await patrol.desk.handle(try patrol.pass("BVLA753", after: 3))
        let alert = try #require(try await patrol.desk.waitingAlerts().first)
        let ticket = try #require(
            try await patrol.desk.accept(alert.id, AcceptRequest(confirmedPlate: nil)).ticket
        )
        let source = try FolderEvidence(data: patrol.folder.path)
        let report = try EvidenceVerification(source, keys: nil).run()
        #expect(report.holds && report.bundles == 4 && report.photos == 4, "\(report.text)")
        let evidence = try CaseChain(.ticket(ticket.number), in: source).evidence
        #expect(evidence.read.read.id == alert.id && evidence.ticket?.number == ticket.number)
        #expect(evidence.decision?.verdict == .accepted)
        #expect(evidence.words(.en).contains { $0.contains("No session") } && !evidence.words(.fr).isEmpty)
        #expect(evidence.record["models"]?.text == "reader 1" && evidence.record["officer"]?.text == "412")
        #expect(evidence.record["lists"]?["ageSeconds"]?["sessions"]?.number == 0)
        #expect(evidence.record["cameraAngleDegrees"]?.number == 90)
    }

    @Test func `a clear read is no evidence`() async throws {
        let patrol = try await Patrol(isSealed: true)
        try await patrol.refreshLists([try patrol.session("CKTR482")])
        try await patrol.desk.handle(try patrol.pass("CKTR482"))
        let files = try ChainFolder(EvidencePaths(data: patrol.folder.path).chain).files()
        #expect(files.isEmpty)
    }
}
