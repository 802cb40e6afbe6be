package db

import (
	"regexp"
	"strconv"
	"strings"
)

// placeholders turns ? and ?3 into $1 and $3, outside of quotes and comments.
// As in SQLite, a plain ? is numbered one more than the highest before it.
func placeholders(query string) string {
	if !strings.Contains(query, "?") {
		return query
	}
	var b strings.Builder
	highest := 0
	for part, code := range pieces(query) {
		if !code {
			b.WriteString(part)
			continue
		}
		for {
			before, rest, found := strings.Cut(part, "?")
			b.WriteString(before)
			if !found {
				break
			}
			digits := 0
			for digits < len(rest) && '0' <= rest[digits] && rest[digits] <= '9' {
				digits++
			}
			n, err := strconv.Atoi(rest[:digits])
			if err != nil {
				n = highest + 1
			}
			highest = max(highest, n)
			b.WriteString("$" + strconv.Itoa(n))
			part = rest[digits:]
		}
	}
	return b.String()
}

// pieces yields the parts of a text: true with those that are SQL, false with
// those that are quoted or a comment.
func pieces(text string) func(yield func(string, bool) bool) {
	return func(yield func(string, bool) bool) {
		for text != "" {
			i := strings.IndexAny(text, `'"-`)
			if i < 0 {
				yield(text, true)
				return
			}
			end := i + 1
			switch {
			case text[i] == '-' && !strings.HasPrefix(text[i:], "--"):
				if !yield(text[:end], true) {
					return
				}
				text = text[end:]
				continue
			case text[i] == '-':
				end = len(text)
				if n := strings.IndexByte(text[i:], '\n'); n >= 0 {
					end = i + n
				}
			default:
				end = len(text)
				if n := strings.IndexByte(text[i+1:], text[i]); n >= 0 {
					end = i + 1 + n + 1
				}
			}
			if i > 0 && !yield(text[:i], true) || !yield(text[i:end], false) {
				return
			}
			text = text[end:]
		}
	}
}

// The words of a schema file that PostgreSQL has others for. Texts compare by
// their bytes, as in SQLite.
var (
	typeWord = regexp.MustCompile(`\b(INTEGER|BLOB|TEXT)\b`)
	ownType  = map[string]string{"INTEGER": "BIGINT", "BLOB": "BYTEA", "TEXT": `TEXT COLLATE "C"`}
	rowless  = regexp.MustCompile(`\)\s*WITHOUT ROWID\b`)
	refusing = regexp.MustCompile(`(?s)CREATE TRIGGER (\w+) BEFORE (UPDATE|DELETE) ON (\w+)\s+(?:WHEN (.*?)\s)?\s*BEGIN\s+SELECT RAISE\(ABORT, ('[^']*')\);\s+END`)
)

// refuseChange is what refusing triggers call.
const refuseChange = `CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'restrict_violation'; END $$;
`

// schemaText turns a schema file into PostgreSQL's words. Of triggers there is
// one form: one that refuses a change.
func schemaText(text string) string {
	var b strings.Builder
	for part, code := range pieces(text) {
		switch {
		case code:
			part = typeWord.ReplaceAllStringFunc(part, func(w string) string { return ownType[w] })
			part = rowless.ReplaceAllString(part, ")")
			b.WriteString(part)
		case !strings.HasPrefix(part, "--"):
			b.WriteString(part)
		}
	}
	return refusing.ReplaceAllStringFunc(b.String(), func(trigger string) string {
		m := refusing.FindStringSubmatch(trigger)
		when := ""
		if m[4] != "" {
			when = " WHEN (" + m[4] + ")"
		}
		return "CREATE TRIGGER " + m[1] + " BEFORE " + m[2] + " ON " + m[3] + " FOR EACH ROW" + when +
			" EXECUTE FUNCTION refuse_change(" + m[5] + ")"
	})
}
