package jobs

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"hearth"
)

func zoneOf(t testing.TB, name string) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

func when(t testing.TB, text string) When {
	t.Helper()
	w, err := ParseWhen(text)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func at(t testing.TB, text string) time.Time {
	t.Helper()
	got, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return got.UTC()
}

func TestWhenPrintsAsItIsRead(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"every 15m": "every 15m", "every 6h": "every 6h", "every 90m": "every 1h30m", "EVERY 1h0m30s": "every 1h0m30s",
		"daily 3:30": "daily 03:30", " daily  00:00 ": "daily 00:00", "weekly thu,mon 9:00": "weekly mon,thu 09:00",
		"weekly sun 23:59": "weekly sun 23:59", "weekly mon,tue,wed,thu,fri,sat,sun 01:02": "daily 01:02",
	} {
		if got := when(t, text).String(); got != want {
			t.Errorf("%q is printed as %q, want %q", text, got, want)
		}
		if again := when(t, want); again != when(t, text) {
			t.Errorf("%q is not read as %q is", want, text)
		}
	}
	for _, text := range []string{
		"", "every", "every 5", "every 59s", "every -5m", "every 9000h", "daily", "daily 24:00", "daily 3:60", "daily 3", "daily 003:00",
		"daily 3:3", "daily +3:30", "weekly 9:00", "weekly mon", "weekly mon, 9:00", "weekly monday 9:00", "hourly", "* * * * *",
	} {
		if w, err := ParseWhen(text); hearth.ErrorCode(err) != hearth.Invalid {
			t.Errorf("%q is read as %q, %v", text, w, err)
		}
	}
}

// proves I29, F12
func TestOccurrencesAcrossChangesOfTheClocks(t *testing.T) {
	t.Parallel()
	check := func(text, zone, from string, want ...string) {
		t.Helper()
		w, z := when(t, text), zoneOf(t, zone)
		last := occurrence{at: at(t, from)}
		for _, next := range want {
			last = w.after(last, z)
			if !last.at.Equal(at(t, next)) {
				t.Errorf("%s in %s after %s: %s, want %s", text, zone, from, last.at.In(z), next)
			}
			if got := w.latest(at(t, next), z); !got.at.Equal(last.at) || got.day != last.day {
				t.Errorf("%s in %s: the latest at %s is %v, want %v", text, zone, next, got, last)
			}
		}
	}
	// 2026-03-29 02:00 CET becomes 03:00 CEST: 02:30 is not shown that day.
	check("daily 02:30", "Europe/Berlin", "2026-03-28T12:00:00+01:00",
		"2026-03-29T03:00:00+02:00", "2026-03-30T02:30:00+02:00")
	check("daily 02:00", "Europe/Berlin", "2026-03-28T12:00:00+01:00", "2026-03-29T03:00:00+02:00", "2026-03-30T02:00:00+02:00")
	check("daily 03:00", "Europe/Berlin", "2026-03-28T12:00:00+01:00", "2026-03-29T03:00:00+02:00", "2026-03-30T03:00:00+02:00")
	check("daily 01:59", "Europe/Berlin", "2026-03-28T12:00:00+01:00", "2026-03-29T01:59:00+01:00", "2026-03-30T01:59:00+02:00")
	// 2026-10-25 03:00 CEST becomes 02:00 CET: 02:30 is shown twice.
	check("daily 02:30", "Europe/Berlin", "2026-10-24T12:00:00+02:00",
		"2026-10-25T02:30:00+02:00", "2026-10-26T02:30:00+01:00")
	check("daily 03:00", "Europe/Berlin", "2026-10-24T12:00:00+02:00", "2026-10-25T03:00:00+01:00")
	// Lord Howe moves by half an hour.
	check("daily 02:15", "Australia/Lord_Howe", "2026-10-03T12:00:00+10:30", "2026-10-04T02:30:00+11:00", "2026-10-05T02:15:00+11:00")
	check("daily 01:45", "Australia/Lord_Howe", "2026-04-04T12:00:00+11:00", "2026-04-05T01:45:00+11:00", "2026-04-06T01:45:00+10:30")
	// Midnight itself is left out in Santiago.
	check("daily 00:00", "America/Santiago", "2026-09-05T12:00:00-04:00", "2026-09-06T01:00:00-03:00", "2026-09-07T00:00:00-03:00")
	// Samoa had no 30 December 2011 at all.
	check("daily 09:00", "Pacific/Apia", "2011-12-29T12:00:00-10:00", "2011-12-31T00:00:00+14:00", "2011-12-31T09:00:00+14:00")
	check("weekly mon,thu 09:00", "America/New_York", "2026-11-01T00:00:00-04:00",
		"2026-11-02T09:00:00-05:00", "2026-11-05T09:00:00-05:00", "2026-11-09T09:00:00-05:00")
	check("every 6h", "Europe/Berlin", "2026-03-28T21:00:00Z", "2026-03-29T00:00:00Z", "2026-03-29T06:00:00Z")
	check("every 15m", "UTC", "2026-03-28T21:00:01Z", "2026-03-28T21:15:00Z", "2026-03-28T21:30:00Z")
}

// proves I29: each day has exactly one occurrence, whatever the clocks do.
func TestEachDayHasOneOccurrence(t *testing.T) {
	t.Parallel()
	zones := []string{"UTC", "Europe/Berlin", "America/New_York", "America/Santiago", "Australia/Lord_Howe", "Africa/Casablanca",
		"Asia/Kathmandu", "Pacific/Chatham", "America/St_Johns", "Pacific/Kiritimati", "Asia/Tehran", "Antarctica/Troll"}
	rapid.Check(t, func(t *rapid.T) {
		zone, err := time.LoadLocation(rapid.SampledFrom(zones).Draw(t, "zone"))
		if err != nil {
			t.Fatal(err)
		}
		w := When{days: [7]bool{true, true, true, true, true, true, true}, minute: rapid.IntRange(0, 1439).Draw(t, "minute")}
		begin := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(rapid.IntRange(0, 10*365*24).Draw(t, "hour")) * time.Hour)
		last := w.latest(begin, zone)
		for range 40 {
			next := w.after(last, zone)
			wall := civil(last.at.In(zone)).AddDate(0, 0, 1)
			if y, m, d := wall.Date(); next.day != y*10000+int(m)*100+d {
				t.Fatalf("after %v (%s) comes %v (%s)", last, last.at.In(zone), next, next.at.In(zone))
			}
			if gap := next.at.Sub(last.at); gap < 21*time.Hour || gap > 27*time.Hour {
				t.Fatalf("from %s to %s", last.at.In(zone), next.at.In(zone))
			}
			shown := next.at.In(zone)
			if minute := shown.Hour()*60 + shown.Minute(); minute != w.minute {
				start, _ := shown.ZoneBounds()
				if !start.Equal(shown) || minute < w.minute {
					t.Fatalf("%s shows %d, not %d", shown, minute, w.minute)
				}
			}
			if got := w.latest(next.at.Add(-time.Microsecond), zone); got != last {
				t.Fatalf("just before %v the latest is %v, not %v", next, got, last)
			}
			last = next
		}
	})
}

// proves I29: a day whose occurrence was dealt with has no second one in
// another zone.
func TestAChangeOfZoneGivesNoDayTwo(t *testing.T) {
	t.Parallel()
	w := when(t, "daily 09:00")
	berlin, newYork, tokyo := zoneOf(t, "Europe/Berlin"), zoneOf(t, "America/New_York"), zoneOf(t, "Asia/Tokyo")
	last := w.latest(at(t, "2026-11-10T10:00:00+01:00"), berlin)
	for zone, want := range map[*time.Location]string{
		berlin: "2026-11-11T09:00:00+01:00", newYork: "2026-11-11T09:00:00-05:00", tokyo: "2026-11-11T09:00:00+09:00",
	} {
		if got := w.after(last, zone); !got.at.Equal(at(t, want)) || got.day != 20261111 {
			t.Errorf("in %s: %v, want %s", zone, got, want)
		}
	}
}

func FuzzParseWhen(f *testing.F) {
	for _, text := range []string{"every 15m", "daily 03:30", "weekly mon,thu 9:00", "every 1e9h", "weekly ,,, 9:00"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		w, err := ParseWhen(text)
		if err != nil {
			return
		}
		again, err := ParseWhen(w.String())
		if err != nil || again != w {
			t.Errorf("%q is printed as %q, which is read as %v, %v", text, w, again, err)
		}
	})
}
