// Tables of the vehicle's database. Migrations are only ever added: a shipped one is never edited.
internal import GRDB
internal import ParkingCore

enum Schema {
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1 lists, facts, tickets") { db in
            try db.execute(sql: settings)
            try db.execute(sql: lists)
            for feed in Feed.allCases {
                try db.execute(sql: ListTable(feed).createIndexes.joined(separator: ";\n"))
                try db.execute(
                    sql: "INSERT INTO feed_state (feed, as_of, records) VALUES (?, NULL, 0)",
                    arguments: [feed.rawValue]
                )
            }
            try db.execute(sql: facts)
            try db.execute(sql: tickets)
        }
        migrator.registerMigration("2 replaced reads") { db in
            try db.execute(sql: "ALTER TABLE plate_read ADD COLUMN replaced_by TEXT REFERENCES plate_read (id)")
        }
        migrator.registerMigration("3 track") { db in
            try db.execute(sql: track)
        }
        migrator.registerMigration("4 prints") { db in
            try db.execute(sql: prints)
        }
        migrator.registerMigration("5 evidence") { db in
            try db.execute(sql: evidence)
        }
        migrator.registerMigration("6 retention") { db in
            try db.execute(sql: retention)
        }
        migrator.registerMigration("7 voids, corrections, shifts") { db in
            try db.execute(sql: ticketFacts)
        }
        migrator.registerMigration("8 shared permits") { db in
            // How many vehicles of the permit may stand at the same time; NULL: as many as share it.
            try db.execute(sql: "ALTER TABLE permits ADD COLUMN at_once INTEGER CHECK (at_once >= 1)")
        }
        migrator.registerMigration("9 chalk") { db in
            try db.execute(sql: chalk)
        }
        migrator.registerMigration("10 stays") { db in
            try db.execute(sql: "CREATE INDEX chalk_mark_stay ON chalk_mark (stay)")
        }
        migrator.registerMigration("11 reload") { db in
            // While a list is loaded anew: the highest row that it had before (NULL: it is not), and as of when it was
            // complete then. What the server does not tell of again goes once it has imported the list since.
            try db.execute(
                sql: """
                    ALTER TABLE feed_state ADD COLUMN reload_after INTEGER;
                    ALTER TABLE feed_state ADD COLUMN reload_since INTEGER;
                    """
            )
        }
        return migrator
    }

    private static let settings = """
        CREATE TABLE setting (
            name TEXT NOT NULL PRIMARY KEY,
            value TEXT NOT NULL
        ) STRICT;
        CREATE TABLE feed_state (
            feed TEXT NOT NULL PRIMARY KEY
                CHECK (feed IN ('permits', 'sessions', 'exemptions', 'scofflaws', 'watchlist')),
            as_of INTEGER,
            records INTEGER NOT NULL CHECK (records >= 0)
        ) STRICT;
        """

    /// `row` is the line of the imported file, else any number.
    private static let lists = """
        CREATE TABLE permits (
            row INTEGER PRIMARY KEY,
            permit TEXT NOT NULL CHECK (permit <> ''),
            plate TEXT NOT NULL CHECK (length(plate) BETWEEN 1 AND 10),
            kind TEXT NOT NULL CHECK (kind IN ('residential', 'commercial', 'accessible', 'event')),
            zones TEXT NOT NULL,
            valid_from INTEGER NOT NULL,
            valid_to INTEGER NOT NULL CHECK (valid_from < valid_to)
        ) STRICT;
        CREATE TABLE sessions (
            row INTEGER PRIMARY KEY,
            session TEXT NOT NULL CHECK (session <> ''),
            plate TEXT NOT NULL CHECK (length(plate) BETWEEN 1 AND 10),
            zone TEXT NOT NULL CHECK (zone <> ''),
            valid_from INTEGER NOT NULL,
            valid_to INTEGER NOT NULL CHECK (valid_from < valid_to)
        ) STRICT;
        CREATE TABLE exemptions (
            row INTEGER PRIMARY KEY,
            exemption TEXT NOT NULL CHECK (exemption <> ''),
            plate TEXT NOT NULL CHECK (length(plate) BETWEEN 1 AND 10),
            kind TEXT NOT NULL CHECK (kind IN ('municipal', 'officer', 'emergency')),
            valid_from INTEGER NOT NULL,
            valid_to INTEGER NOT NULL CHECK (valid_from < valid_to)
        ) STRICT;
        CREATE TABLE scofflaws (
            row INTEGER PRIMARY KEY,
            plate TEXT NOT NULL CHECK (length(plate) BETWEEN 1 AND 10),
            unpaid_tickets INTEGER NOT NULL CHECK (unpaid_tickets > 0),
            unpaid_cents INTEGER NOT NULL CHECK (unpaid_cents >= 0),
            eligible_for TEXT NOT NULL CHECK (eligible_for IN ('boot', 'tow'))
        ) STRICT;
        CREATE TABLE watchlist (
            row INTEGER PRIMARY KEY,
            entry TEXT NOT NULL CHECK (entry <> ''),
            plate TEXT NOT NULL CHECK (length(plate) BETWEEN 1 AND 10),
            reason TEXT NOT NULL CHECK (reason <> '')
        ) STRICT;
        """

    /// `fact` is the outbox: AUTOINCREMENT never gives a sequence twice, and a transaction that fails gives its
    /// sequence back, so there is no gap. `body` is the JSON that the server gets.
    private static let facts = """
        CREATE TABLE fact (
            sequence INTEGER PRIMARY KEY AUTOINCREMENT,
            id TEXT NOT NULL UNIQUE CHECK (length(id) = 36),
            recorded_at INTEGER NOT NULL,
            body TEXT NOT NULL CHECK (json_valid(body))
        ) STRICT;
        CREATE TABLE plate_read (
            id TEXT NOT NULL PRIMARY KEY,
            sequence INTEGER NOT NULL UNIQUE REFERENCES fact (sequence),
            time INTEGER NOT NULL,
            plate TEXT NOT NULL CHECK (length(plate) BETWEEN 1 AND 10),
            answer TEXT NOT NULL CHECK (answer IN ('clear', 'alert', 'secondLook'))
        ) STRICT;
        CREATE INDEX plate_read_time ON plate_read (time);
        CREATE INDEX plate_read_plate ON plate_read (plate, time);
        CREATE INDEX plate_read_answer ON plate_read (time) WHERE answer <> 'clear';
        CREATE TABLE decision (
            read TEXT NOT NULL PRIMARY KEY REFERENCES plate_read (id),
            sequence INTEGER NOT NULL UNIQUE REFERENCES fact (sequence),
            verdict TEXT NOT NULL CHECK (verdict IN ('accepted', 'rejected'))
        ) STRICT;
        CREATE TABLE photo (
            sha256 TEXT NOT NULL PRIMARY KEY CHECK (length(sha256) = 64),
            read TEXT NOT NULL REFERENCES plate_read (id),
            role TEXT NOT NULL CHECK (role IN ('closeUp', 'context')),
            bytes INTEGER NOT NULL CHECK (bytes > 0),
            sent INTEGER NOT NULL DEFAULT 0 CHECK (sent IN (0, 1))
        ) STRICT;
        CREATE INDEX photo_unsent ON photo (read) WHERE sent = 0;
        """

    private static let tickets = """
        CREATE TABLE number_block (
            first INTEGER NOT NULL PRIMARY KEY CHECK (first BETWEEN 1 AND 9999999),
            last INTEGER NOT NULL CHECK (last BETWEEN first AND 9999999),
            next INTEGER NOT NULL CHECK (next BETWEEN first AND last + 1)
        ) STRICT;
        CREATE TABLE ticket (
            id TEXT NOT NULL PRIMARY KEY,
            serial INTEGER NOT NULL UNIQUE,
            read TEXT NOT NULL UNIQUE REFERENCES decision (read),
            sequence INTEGER NOT NULL UNIQUE REFERENCES fact (sequence)
        ) STRICT;
        CREATE TABLE print (
            ticket TEXT NOT NULL PRIMARY KEY REFERENCES ticket (id),
            state TEXT NOT NULL CHECK (state IN ('queued', 'printing', 'printed', 'held')),
            detail TEXT NOT NULL,
            changed_at INTEGER NOT NULL
        ) STRICT;
        """

    /// By `id` in the order driven; `time` goes back where the machine's clock was set back.
    private static let track = """
        CREATE TABLE track_point (
            id INTEGER PRIMARY KEY,
            time INTEGER NOT NULL,
            latitude REAL NOT NULL CHECK (latitude BETWEEN -90 AND 90),
            longitude REAL NOT NULL CHECK (longitude BETWEEN -180 AND 180),
            error_metres REAL NOT NULL CHECK (error_metres >= 0),
            speed_metres_per_second REAL CHECK (speed_metres_per_second >= 0),
            heading_degrees REAL CHECK (heading_degrees >= 0 AND heading_degrees < 360),
            starts_segment INTEGER NOT NULL CHECK (starts_segment IN (0, 1))
        ) STRICT;
        CREATE INDEX track_point_time ON track_point (time);
        """

    /// Where each signed fact stands in the vehicle's chain of evidence. A bundle without a fact was cut off before its
    /// transaction could commit; the next one withdraws it.
    private static let evidence = """
        CREATE TABLE evidence_bundle (
            sequence INTEGER NOT NULL PRIMARY KEY CHECK (sequence >= 1),
            sha256 TEXT NOT NULL UNIQUE CHECK (length(sha256) = 64),
            fact INTEGER UNIQUE REFERENCES fact (sequence)
        ) STRICT;
        """

    /// One row an attempt to bring a ticket onto paper. The earlier table had one a ticket and fewer states.
    private static let prints = """
        CREATE TABLE print_attempt (
            ticket TEXT NOT NULL REFERENCES ticket (id),
            attempt INTEGER NOT NULL CHECK (attempt >= 1),
            copy INTEGER NOT NULL CHECK (copy >= 0),
            reason TEXT NOT NULL,
            state TEXT NOT NULL
                CHECK (state IN ('queued', 'printing', 'printed', 'held', 'unclear', 'cancelled')),
            hold TEXT,
            printer TEXT NOT NULL,
            job INTEGER,
            begun INTEGER,
            may_be_out INTEGER NOT NULL CHECK (may_be_out IN (0, 1)),
            detail TEXT NOT NULL,
            changed_at INTEGER NOT NULL,
            PRIMARY KEY (ticket, attempt),
            -- Nothing is sent under a number that is not kept; what was sent may be out.
            CHECK (job IS NULL OR may_be_out = 1),
            CHECK (state <> 'printed' OR may_be_out = 1)
        ) STRICT;
        CREATE INDEX print_attempt_open ON print_attempt (ticket) WHERE state NOT IN ('printed', 'cancelled');
        INSERT INTO print_attempt
            SELECT ticket, 1, 0, '', state, CASE state WHEN 'held' THEN 'folder' END, '', NULL, NULL,
                state = 'printed', detail, changed_at FROM print;
        DROP TABLE print;
        """

    /// `kept_for`: the read with a hit whose record a clear one belongs to (a later sighting of its car, the first pass
    /// of an overtime): it goes with that one. `erased` has the sequences of facts that are gone, in runs; `withheld`
    /// those whose content went before the server had it; `photo_erasure` photos whose files are still to go.
    ///
    /// Plates of reads without a hit stand in no index: rows that SQLite moves between an index's pages leave copies.
    private static let retention = """
        ALTER TABLE plate_read ADD COLUMN kept_for TEXT REFERENCES plate_read (id);
        ALTER TABLE plate_read ADD COLUMN is_decided INTEGER NOT NULL DEFAULT 0 CHECK (is_decided IN (0, 1));
        UPDATE plate_read SET is_decided = 1 WHERE id IN (SELECT read FROM decision);
        UPDATE plate_read SET kept_for = (
                SELECT hit.id FROM fact JOIN plate_read AS hit
                    ON hit.id = json_extract(fact.body, '$.value.judgement.reason.read')
                WHERE fact.sequence = plate_read.sequence)
            WHERE answer = 'clear';
        DROP INDEX plate_read_plate;
        CREATE INDEX plate_read_plate ON plate_read (plate, time) WHERE answer <> 'clear';
        CREATE INDEX plate_read_due ON plate_read (time, sequence) WHERE answer = 'clear' AND kept_for IS NULL;
        CREATE INDEX plate_read_waiting ON plate_read (time, sequence)
            WHERE answer <> 'clear' AND replaced_by IS NULL AND is_decided = 0;
        CREATE INDEX plate_read_replaced ON plate_read (replaced_by) WHERE replaced_by IS NOT NULL;
        CREATE INDEX plate_read_kept ON plate_read (kept_for) WHERE kept_for IS NOT NULL;
        CREATE INDEX photo_read ON photo (read);
        CREATE TABLE erased (
            first INTEGER NOT NULL PRIMARY KEY CHECK (first >= 1),
            last INTEGER NOT NULL UNIQUE CHECK (last >= first)
        ) STRICT;
        CREATE TABLE withheld (sequence INTEGER NOT NULL PRIMARY KEY REFERENCES fact (sequence)) STRICT;
        CREATE TABLE photo_erasure (sha256 TEXT NOT NULL PRIMARY KEY CHECK (length(sha256) = 64)) STRICT;
        """

    /// A shift has no end until it is over; there is one open shift at most.
    private static let ticketFacts = """
        CREATE TABLE ticket_void (
            ticket TEXT NOT NULL PRIMARY KEY REFERENCES ticket (id),
            sequence INTEGER NOT NULL UNIQUE REFERENCES fact (sequence),
            reason TEXT NOT NULL CHECK (reason <> '')
        ) STRICT;
        CREATE TABLE ticket_correction (
            sequence INTEGER NOT NULL PRIMARY KEY REFERENCES fact (sequence),
            ticket TEXT NOT NULL REFERENCES ticket (id)
        ) STRICT;
        CREATE INDEX ticket_correction_ticket ON ticket_correction (ticket, sequence);
        CREATE TABLE shift (
            id TEXT NOT NULL PRIMARY KEY CHECK (length(id) = 36),
            officer TEXT NOT NULL CHECK (officer <> ''),
            started_at INTEGER NOT NULL,
            start_sequence INTEGER NOT NULL UNIQUE REFERENCES fact (sequence),
            ended_at INTEGER,
            end_sequence INTEGER UNIQUE REFERENCES fact (sequence),
            CHECK ((ended_at IS NULL) = (end_sequence IS NULL))
        ) STRICT;
        CREATE UNIQUE INDEX shift_open ON shift (ended_at IS NULL) WHERE ended_at IS NULL;
        """

    /// One row a pass of a car where a time limit holds; `body` is the JSON of the mark. Its photos are here and not in
    /// `photo`, since the server gets them only once they prove something. No index holds a plate, only its hash: what
    /// SQLite moves between an index's pages leaves copies.
    private static let chalk = """
        CREATE TABLE chalk_mark (
            read TEXT NOT NULL PRIMARY KEY REFERENCES plate_read (id),
            stay TEXT NOT NULL,
            plate TEXT NOT NULL CHECK (length(plate) BETWEEN 1 AND 10),
            plate_key INTEGER NOT NULL,
            time INTEGER NOT NULL,
            cell INTEGER,
            due_at INTEGER,
            limit_minutes INTEGER CHECK (limit_minutes > 0),
            expires_at INTEGER NOT NULL,
            close_up TEXT CHECK (length(close_up) = 64),
            context TEXT CHECK (length(context) = 64),
            body TEXT NOT NULL CHECK (json_valid(body)),
            CHECK ((due_at IS NULL) = (limit_minutes IS NULL))
        ) STRICT;
        CREATE INDEX chalk_mark_plate ON chalk_mark (plate_key, time);
        CREATE INDEX chalk_mark_place ON chalk_mark (cell) WHERE cell IS NOT NULL;
        CREATE INDEX chalk_mark_due ON chalk_mark (due_at) WHERE due_at IS NOT NULL;
        CREATE INDEX chalk_mark_expires ON chalk_mark (expires_at);
        """
}

/// Single values that outlive a run.
enum Setting: String {
    case vehicle
    /// Last change number of the server that was applied.
    case changesCursor
    /// The server's name for the import that this change belongs to.
    case changesHistory
    /// Highest sequence that the server has.
    case acknowledged
    /// "UUID SIZE" of a request for ticket numbers that was not answered yet.
    case blockRequest
    /// How far the server had the facts when ticket numbers were given up last.
    case retiredAt
    /// Name of the ledger of ticket numbers that belongs to this database.
    case ledger
    /// Counts of a purge that has no record yet, as JSON.
    case purgeTally

    func text(_ db: Database) throws -> String? {
        try String.fetchOne(db, sql: "SELECT value FROM setting WHERE name = ?", arguments: [rawValue])
    }

    func number(_ db: Database) throws -> Int64 { try text(db).flatMap { Int64($0) } ?? 0 }

    func set(_ value: String, _ db: Database) throws {
        try db.execute(
            sql:
                "INSERT INTO setting (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            arguments: [rawValue, value]
        )
    }

    func remove(_ db: Database) throws {
        try db.execute(sql: "DELETE FROM setting WHERE name = ?", arguments: [rawValue])
    }
}
