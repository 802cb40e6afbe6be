package pairing

import (
	"context"
	"errors"
	"fmt"

	"hearth"
	"hearth/db"
)

const (
	bringBack = "Bring back the right one, or restore the newest backup into a fresh directory (hearth restore BACKUP --data NEW). " +
		"If there is neither, hearth doctor --accept goes on with what is here; what is missing stays missing."
	asAWhole = "Copies of a data directory belong together: put back all of its files, their WALs (-wal) too, from the same copy. " + bringBack
)

func mismatch(plan, saw string, args ...any) error { return &Mismatch{fmt.Sprintf(saw, args...), plan} }

// Look compares the files before anything opens them. It is called when the
// directory is locked.
func (p *Pairing) Look() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	kept, err := readRecord(p.o.Dir)
	var wrong *Mismatch
	if err != nil && !(p.o.Accept && errors.As(err, &wrong)) {
		return err
	}
	for _, store := range [...]string{State, Archive, Replay} {
		if p.files[store], err = db.ReadFiles(p.path(store)); err != nil {
			return err
		}
	}
	if !p.o.Accept {
		if err := p.lookAtFiles(kept); err != nil {
			return err
		}
	}
	if kept == nil {
		kept = &record{Stores: map[string]*file{}}
	}
	p.record = kept
	return p.record.write(p.o.Dir, phaseOpening, p.o.Clock())
}

func (p *Pairing) lookAtFiles(kept *record) error {
	state, archive := p.files[State], p.files[Archive]
	switch {
	case state.Size < 0 && archive.Size >= 0:
		return mismatch(asAWhole, "%s is missing, but %s is there.", p.path(State), p.path(Archive))
	case state.Size >= 0 && archive.Size < 0 && state.Mark != 0:
		return mismatch(asAWhole, "%s is missing, but %s is there.", p.path(Archive), p.path(State))
	}
	installation := state.Mark
	if kept != nil && kept.Installation != "" {
		installation = markOf(kept.Installation, State)
	}
	for _, store := range [...]string{State, Archive, Replay} {
		f := p.files[store]
		if err := p.lookAtMark(store, installation, &f); err != nil {
			return err
		}
		if f.WAL.Torn {
			return mismatch(bringBack, "%s-wal is damaged: transactions that were confirmed stand behind bytes that are not as they were written, and SQLite would leave them out.", p.path(store))
		}
		if f.Size < 0 && !f.WAL.Empty() {
			return mismatch(asAWhole, "%s is missing, but its WAL is there.", p.path(store))
		}
		if kept == nil || kept.Stores[store] == nil {
			continue
		}
		if err := p.lookAtRecord(store, kept, &f); err != nil {
			return err
		}
	}
	return p.lookAtDays()
}

// lookAtMark finds exchanged and foreign files.
func (p *Pairing) lookAtMark(store string, installation uint32, f *db.Files) error {
	switch {
	case f.Mark == 0:
		return nil
	case storeOf(f.Mark) != store && storeOf(f.Mark) != "":
		return mismatch(asAWhole, "%s is really a %s.db: files were exchanged.", p.path(store), storeOf(f.Mark))
	case installation != 0 && !sameInstallation(f.Mark, installation):
		return p.foreign(store)
	}
	return nil
}

func (p *Pairing) foreign(store string) error {
	plan := asAWhole
	if store == Replay {
		plan = "Move it away: Hearth makes a new one, which fills again with what comes."
	}
	return mismatch(plan, "%s is of another installation.", p.name(store))
}

// lookAtRecord compares a file with what was noted of it.
func (p *Pairing) lookAtRecord(store string, kept *record, f *db.Files) error {
	noted := kept.Stores[store]
	if f.Size < 0 {
		if store == Replay {
			return nil // derived
		}
		return mismatch(asAWhole, "%s is missing.", p.path(store))
	}
	switch opening := kept.Phase == phaseOpening; {
	case f.Stamp < noted.Start:
		return p.older(store, int64(f.Stamp), int64(noted.Start))
	case f.Stamp > noted.Start+1, f.Stamp > noted.Start && !opening:
		return mismatch(asAWhole, "%s was used after the other files: it has seen %d starts, but the others %d: they are an older copy.", p.path(store), f.Stamp, noted.Start)
	case opening:
		return nil // whichever WAL there is may have been begun or removed by that start
	case f.WAL.Size < 0 && kept.Phase == phaseOpen:
		return mismatch("If another program has opened the file since (sqlite3 does it), the program has moved the WAL into it and nothing is lost: hearth doctor --accept. Else: "+asAWhole,
			"%s-wal is missing: Hearth was cut off, and what it wrote last was there.", p.path(store))
	case f.WAL.Empty(), noted.Family == 0 && kept.Phase == phaseOpen:
		return nil
	case f.WAL.Family != noted.Family:
		return mismatch("Move it away if it came from elsewhere. Else: "+asAWhole, "%s-wal does not belong to %[1]s: it is the WAL of another database or of another day.", p.path(store))
	case f.WAL.Reset < noted.Reset:
		return mismatch(asAWhole, "%s-wal is older than %[1]s.", p.path(store))
	}
	return nil
}

func (p *Pairing) older(store string, has, should int64) error {
	plan := asAWhole
	if store == Replay {
		plan = "It does not know which posts were deleted since. Move it away: Hearth makes a new one, which fills again with what comes."
	}
	return mismatch(plan, "%s is an older copy: it has seen %d starts of Hearth, but there were %d.", p.name(store), has, should)
}

// lookAtDays compares the numbers in the files with each other.
func (p *Pairing) lookAtDays() error {
	state, archive := p.files[State], p.files[Archive]
	if state.Mark == 0 && archive.Mark == 0 {
		return nil
	}
	return p.days(int64(state.Stamp), int64(archive.Stamp))
}

// days compares how many starts both have seen: hearth.db counts one first.
func (p *Pairing) days(state, archive int64) error {
	switch {
	case archive > state:
		return mismatch(asAWhole, "%s is older than %s: it has seen %d starts of Hearth, the other %d.", p.name(State), p.name(Archive), state, archive)
	case archive < state-1:
		return p.older(Archive, archive, state)
	}
	return nil
}

// compare is for what only the open databases know.
func (p *Pairing) compare(rows map[string]row, head hearth.Seq) error {
	state, archive := rows[State], rows[Archive]
	if state.start == 0 && archive.start > 0 {
		return mismatch(asAWhole, "%s is new or from before the others: %s has seen %d starts of Hearth.", p.name(State), p.name(Archive), archive.start)
	}
	for store, r := range rows {
		if r.start > 0 && r.name != state.name {
			return p.foreign(store)
		}
		f, stamped := p.files[store]
		if stamped && f.Mark != 0 && r.start != int64(f.Stamp) && r.start != int64(f.Stamp)+1 { // a checkpoint brings the number to the file
			return mismatch(asAWhole, "%s and its WAL are of different days: the file has seen %d starts of Hearth, the WAL %d.", p.name(store), f.Stamp, r.start)
		}
	}
	if err := p.days(state.start, archive.start); err != nil {
		return err
	}
	if int64(head) < state.head {
		return mismatch(bringBack, "The archive's log ends at row %d, but had %d rows: rows %d to %d are missing. %s is an older copy, or a part of its WAL is lost.",
			head, state.head, head+1, state.head, p.name(Archive))
	}
	if replay := rows[Replay]; replay.start > state.start {
		return mismatch(asAWhole, "%s was used after the other stores: they are older copies.", p.name(Replay))
	}
	return nil
}

// lookWhetherWhole reads a database whose file is shorter than it should be.
// Pages that nothing uses may rightly be missing after a crash.
func (p *Pairing) lookWhetherWhole(ctx context.Context, store string, d *db.DB) error {
	if !p.files[store].Short {
		return nil
	}
	var problems []string
	err := d.Read(ctx, func(tx *db.Tx) (err error) {
		problems, err = tx.Integrity(1)
		return err
	})
	if err == nil && len(problems) > 0 {
		return mismatch(bringBack, "%s is cut off: pages at its end are missing.", p.path(store))
	}
	return err
}

// name is what a store is called to people.
func (p *Pairing) name(store string) string {
	if p.o.Dir == "" {
		return "The schema " + store
	}
	return p.path(store)
}
