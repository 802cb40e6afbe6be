package db

import (
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestPlaceholdersAreNumbered(t *testing.T) {
	t.Parallel()
	for query, want := range map[string]string{
		"SELECT 1":                                 "SELECT 1",
		"SELECT a FROM t WHERE b = ? AND c > ?":    "SELECT a FROM t WHERE b = $1 AND c > $2",
		"SELECT ?2, ?1, ?":                         "SELECT $2, $1, $3",
		"SELECT '?', \"?\", ? -- why?\n, 'it''s?'": "SELECT '?', \"?\", $1 -- why?\n, 'it''s?'",
		"SELECT ?-? FROM t":                        "SELECT $1-$2 FROM t",
		"SELECT 'open ?":                           "SELECT 'open ?",
	} {
		if got := placeholders(query); got != want {
			t.Errorf("%s\nbecomes %s\nwant    %s", query, got, want)
		}
	}
}

func TestSchemaFilesAreTranslated(t *testing.T) {
	t.Parallel()
	const text = `-- A TEXT about INTEGER things.
CREATE TABLE a (
    id   INTEGER NOT NULL, -- it's a BLOB
    name TEXT    NOT NULL DEFAULT 'TEXT',
    data BLOB,
    PRIMARY KEY (id)
) WITHOUT ROWID;
CREATE TRIGGER stays BEFORE DELETE ON a
BEGIN
    SELECT RAISE(ABORT, 'it stays');
END;
CREATE TRIGGER same BEFORE UPDATE ON a
WHEN NOT (OLD.id = NEW.id
    AND OLD.data IS NULL)
BEGIN
    SELECT RAISE(ABORT, 'it is the same');
END;`
	const want = `CREATE TABLE a (
 id BIGINT NOT NULL,
 name TEXT COLLATE "C" NOT NULL DEFAULT 'TEXT',
 data BYTEA,
 PRIMARY KEY (id)
);
CREATE TRIGGER stays BEFORE DELETE ON a FOR EACH ROW EXECUTE FUNCTION refuse_change('it stays');
CREATE TRIGGER same BEFORE UPDATE ON a FOR EACH ROW WHEN (NOT (OLD.id = NEW.id
 AND OLD.data IS NULL)) EXECUTE FUNCTION refuse_change('it is the same');`
	plain := func(s string) string { return strings.Join(strings.Fields(s), " ") }
	if got := schemaText(text); plain(got) != plain(want) {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// proves part of F28: what PostgreSQL refuses in a text comes back as it was.
func TestEveryTextSurvivesPostgreSQL(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		parts := rapid.SliceOf(rapid.OneOf(
			rapid.SampledFrom([]string{"\x00", "\xff", "\xc3", "\xed\xa0\x80", "\xc0\x80", escape, string(rune(firstRaw)), "\ufffd", "\ufeff"}),
			rapid.String(),
		)).Draw(t, "parts")
		checkText(t, strings.Join(parts, ""))
	})
}

func FuzzTextOfPostgreSQL(f *testing.F) {
	for _, s := range []string{"", "plain", "a\x00b", "\xff\xfe", escape, escape + "\x00", escape + string(rune(firstRaw+65))} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		checkText(t, s)
		stored(s) // of a stranger's text nothing is asked but to end
	})
}

func checkText(t interface{ Fatalf(string, ...any) }, s string) {
	kept := storable(s)
	if strings.Contains(kept, "\x00") || !utf8.ValidString(kept) {
		t.Fatalf("%q is written as %q, which PostgreSQL refuses", s, kept)
	}
	if back := stored(kept); back != s {
		t.Fatalf("%q comes back as %q", s, back)
	}
}

func TestNoPasswordIsShown(t *testing.T) {
	t.Parallel()
	for location, want := range map[string]string{
		"hearth-data":                            "hearth-data",
		"postgres://ann:s3cret@db:5432/hearth":   "postgres://ann:xxxxx@db:5432/hearth",
		"postgres://db/hearth?password=s3cret":   "postgres://db/hearth?password=xxxxx",
		"postgres://ann:s3cret@db:5432/%zz/s3cr": "postgres://…",
	} {
		if got := Shown(location); got != want {
			t.Errorf("%s is shown as %s, want %s", location, got, want)
		}
	}
}
