// Which cars the officer should pass again soon, since their time is nearly over.
internal import Foundation
internal import ParkingCore
package import PatrolAPI
internal import PatrolStore

extension PatrolDesk {
    /// Cars that are overtime within so many minutes if they still stand there, soonest first; those that just are
    /// stay in the list for as long again.
    package func dueSoon(minutes: Int?) async throws -> [DueSummary] {
        let ahead = Double(minutes ?? settings.dueSoonMinutes) * 60
        let now = clock.now()
        let due = try await store.chalkDue(from: now.addingTimeInterval(-ahead), to: now.addingTimeInterval(ahead))
        return due.map { due in
            DueSummary(
                id: due.mark.read,
                plate: due.mark.plate.text,
                place: due.mark.place?.text.en ?? due.mark.zone.flatMap { settings.city.zone($0)?.name } ?? "",
                zone: due.mark.zone,
                limitMinutes: due.limitMinutes,
                firstSeen: due.firstSeen,
                lastSeen: due.mark.time,
                dueAt: due.dueAt,
                secondsLeft: due.dueAt.timeIntervalSince(now),
                closeUp: due.mark.photos.first { $0.isCloseUp }?.sha256
            )
        }
    }
}
