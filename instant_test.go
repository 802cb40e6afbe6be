package hearth_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"hearth"
)

func TestParseTimeReadsRFC3339AndNothingElse(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"2024-05-31T09:12:04Z":               "2024-05-31T09:12:04Z",
		"2024-05-31t09:12:04z":               "2024-05-31T09:12:04Z",
		"2024-05-31T09:12:04.123456789Z":     "2024-05-31T09:12:04.123456789Z",
		"2024-05-31T09:12:04.1234567899999Z": "2024-05-31T09:12:04.123456789Z",
		"2024-03-02T01:00:00+02:00":          "2024-03-01T23:00:00Z",
		"2024-02-29T23:59:59-23:59":          "2024-03-01T23:58:59Z",
		"2000-02-29T00:00:00Z":               "2000-02-29T00:00:00Z",
	} {
		got, ok := hearth.ParseTime(in)
		if !ok || got.Format(time.RFC3339Nano) != want {
			t.Errorf("%s is read as %v (%v), want %s", in, got, ok, want)
		}
	}
	for _, in := range []string{
		"", "2024-05-31", "2024-05-31T09:12:04", "2024-05-31 09:12:04Z", "2024-02-30T00:00:00Z", "2023-02-29T00:00:00Z",
		"1900-02-29T00:00:00Z", "2024-00-01T00:00:00Z", "2024-13-01T00:00:00Z", "2024-01-00T00:00:00Z", "2024-01-32T00:00:00Z",
		"2024-02-01T24:00:00Z", "2024-02-01T23:60:00Z", "2016-12-31T23:59:60Z", "2024-02-01T00:00:00+24:00",
		"2024-02-01T00:00:00+01:60", "2024-02-01T00:00:00+0100", "2024-02-01T00:00:00,5Z", "2024-02-01T00:00:00.Z",
		"2024-2-01T00:00:00ZZ", "+2024-02-01T00:00:00Z", "2024-02-01T0 :00:00Z", "2024-02-01T00:00:00ZX", "0000-01-01T00:00:00+01:00",
	} {
		if got, ok := hearth.ParseTime(in); ok {
			t.Errorf("%q was read as %v", in, got)
		}
	}
}

func TestParseTimeReadsWhatTheStandardLibraryWrites(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		zone := time.FixedZone("", rapid.IntRange(-23*60, 23*60).Draw(t, "minutes")*60)
		want := time.Unix(rapid.Int64Range(-62_000_000_000, 253_000_000_000).Draw(t, "s"), rapid.Int64Range(0, 999_999_999).Draw(t, "ns")).In(zone)
		got, ok := hearth.ParseTime(want.Format(time.RFC3339Nano))
		if !ok || !got.Equal(want) {
			t.Fatalf("%v is read as %v", want, got)
		}
	})
}

func BenchmarkParseTime(b *testing.B) {
	for b.Loop() {
		if _, ok := hearth.ParseTime("2024-05-31T09:12:04.123Z"); !ok {
			b.Fatal()
		}
	}
}
