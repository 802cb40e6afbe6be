package feed

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestSkippedHoursAndDaysAreRead(t *testing.T) {
	t.Parallel()
	s := skipped(`<channel><skipHours><hour>0</hour><hour>24</hour> <hour>7</hour><hour>x</hour></skipHours><skipDays><day>Sunday</day><day>saturday</day></skipDays>`)
	if s.hours != 1|1<<7 || s.days != 1|1<<6 {
		t.Errorf("got %b, %b", s.hours, s.days)
	}
	friday := time.Date(2026, 11, 27, 23, 30, 0, 0, time.UTC)
	for at, want := range map[time.Time]time.Time{
		friday:                      friday,
		friday.Add(time.Hour):       time.Date(2026, 11, 30, 1, 0, 0, 0, time.UTC), // past the weekend and midnight
		friday.Add(-16 * time.Hour): time.Date(2026, 11, 27, 8, 0, 0, 0, time.UTC),
	} {
		if got := s.after(at); !got.Equal(want) {
			t.Errorf("after %v comes %v, want %v", at, got, want)
		}
	}
}

func TestAfterIsNeverSkippedNorEarlier(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := skip{hours: rapid.Uint32Range(0, allHours-1).Draw(t, "hours"), days: rapid.Uint8Range(0, allDays-1).Draw(t, "days")}
		at := time.Unix(rapid.Int64Range(0, 1<<32).Draw(t, "at"), 0)
		got := s.after(at)
		u := got.UTC()
		if got.Before(at) || s.hours&(1<<u.Hour()) != 0 || s.days&(1<<u.Weekday()) != 0 || got.Sub(at) > 8*24*time.Hour {
			t.Fatalf("after %v comes %v", at, got)
		}
	})
}

func TestAFailedLookIsRepeatedSoonThenLessSoon(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_000_000, 0)
	l := looker{least: 5 * time.Minute, most: time.Hour}
	l.s = sessionAt(func() time.Time { return now })
	for _, want := range []time.Duration{15 * time.Second, 30 * time.Second, time.Minute, 2 * time.Minute, 4 * time.Minute, 5 * time.Minute, 5 * time.Minute} {
		l.retry(0)
		if wait := l.memory.due.Sub(now); wait < want || wait > want*6/5 {
			t.Errorf("the next look comes after %v, want %v", wait, want)
		}
	}
	l.plan(false, 0)
	l.retry(0)
	if wait := l.memory.due.Sub(now); wait > 20*time.Second {
		t.Errorf("after a good look and a failed one the next comes after %v", wait)
	}
}
