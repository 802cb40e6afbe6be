package query_test

import (
	"strings"
	"testing"

	"hearth/query"
)

// TestImport goes through the table of section 11 row by row. notes are words
// of the notes that are due, in order.
func TestImport(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		dialect  query.Dialect
		in, want string
		notes    []string
	}{
		// Brandwatch
		{query.Brandwatch, `(a AND "b c"~5) OR {X} <<<note>>> NOT (d* NEAR/3f e?f) #x @x`, `(a AND "b c"~5) OR {X} <<<note>>> NOT (d* NEAR/3f e?f) #x @x`, nil},
		{query.Brandwatch, `((rye OR oat) AND (mill))~5`, `(rye OR oat) NEAR/5 (mill)`, nil},
		{query.Brandwatch, `bread AND ((rye) AND ("old mill"))~12`, `bread AND ((rye) NEAR/12 ("old mill"))`, nil},
		{query.Brandwatch, `((rye) AND (oat) AND (mill))~5`, `((rye) AND (oat) AND (mill))~5`, nil},
		{query.Brandwatch, `((rye NEAR/1 oat) AND (mill))~5`, `((rye NEAR/1 oat) AND (mill))~5`, nil},
		{query.Brandwatch, `raw:C++ OR raw:"D++" OR raw:(E\ OR "F")`, `raw:"C++" OR raw:"D++" OR raw:("E\\" OR "F")`, nil},
		{query.Brandwatch, `authorFollowers:[5 TO 9] AND engagementType:RETWEET AND at_mentions:x AND topLevelDomain:fi`,
			`followers:[5 TO 9] AND is:RETWEET AND mention:x AND tld:fi`, nil},
		{query.Brandwatch, `country:gbr AND country:(usa OR fi)`, `country:gb AND country:(us OR fi)`, nil},
		{query.Brandwatch, `city:"deu.berlin.berlin"`, `(country:de AND city:berlin)`, nil},
		{query.Brandwatch, `x NOT region:usa.fl`, `x NOT (country:us AND region:fl)`, nil},
		{query.Brandwatch, `city:("usa.ny.new york" OR oulu)`, `((country:us AND city:"new york") OR city:oulu)`, nil},
		{query.Brandwatch, `city:(oulu OR "new york")`, `city:(oulu OR "new york")`, nil},
		{query.Brandwatch, `region:zzz9.fl`, `region:zzz9.fl`, []string{"zzz9.fl"}},
		{query.Brandwatch, `subreddit:bread`, `url:reddit.com/r/bread`, nil},
		{query.Brandwatch, `subreddit:(bread OR oats)`, `url:(reddit.com/r/bread OR reddit.com/r/oats)`, nil},
		{query.Brandwatch, `channelId:UC1`, `authorid:UC1`, nil},
		{query.Brandwatch, `blogName:mill`, `blogName:mill`, []string{"blogName"}},
		{query.Brandwatch, `publisherSubType:IMAGE OR publisherSubType:(VIDEO OR image)`, `has:image OR has:(video OR image)`, nil},
		{query.Brandwatch, `publisherSubType:LINK`, `publisherSubType:LINK`, []string{"publisherSubType:LINK"}},
		{query.Brandwatch, `imageType:image`, `has:image`, nil},
		{query.Brandwatch, `bread AND authorGender:F`, `bread AND authorGender:F`, []string{"gender"}},
		{query.Brandwatch, `a AND b OR c`, `a AND b OR c`, nil},
		{query.Brandwatch, `title:(body:a OR ((b) AND (c))~2)`, `title:(text:a OR ((b) NEAR/2 (c)))`, nil},

		// Talkwalker
		{query.Talkwalker, `a AND NOT b -c "d e"~3 NEAR/4 f`, `a AND NOT b -c ("d e"~3 NEAR/4 f)`, []string{"Brackets"}},
		{query.Talkwalker, `a NEAR/4 b ONEAR/2 c`, `a NEAR/4 b ONEAR/2 c`, nil},
		{query.Talkwalker, `a OSENTENCE b`, `a SENTENCE b`, []string{"order"}},
		{query.Talkwalker, `+C++ OR ++Apple OR +"a b" OR ++"The Mill"`, `raw:"C++" OR {Apple} OR raw:"a b" OR {The Mill}`, nil},
		{query.Talkwalker, `bread~ AND mill~1 AND "a b"~1`, `bread AND mill AND "a b"~1`, []string{"fuzzy", "fuzzy"}},
		{query.Talkwalker, `sourcecountry:fi AND lang:en AND domainurl:a.example AND published:>1709200800000`,
			`country:fi AND lang:en AND domain:a.example AND published:>2024-02-29T10:00:00Z`, nil},
		{query.Talkwalker, `sourcetype:SOCIALMEDIA_BLUESKY AND is:retweet AND followers:>5 AND engagement:>9`,
			`network:bluesky AND is:repost AND followers:>5 AND engagement:>9`, nil},
		{query.Talkwalker, `sourcetype:ONLINENEWS`, `sourcetype:ONLINENEWS`, []string{"ONLINENEWS"}},
		{query.Talkwalker, `a AND b OR c AND d`, `(a AND b) OR (c AND d)`, []string{"Brackets"}},
		{query.Talkwalker, `a OR b NOT c`, `a OR (b NOT c)`, []string{"Brackets"}},
		{query.Talkwalker, `a OR b c NEAR/2 d`, `a OR (b (c NEAR/2 d))`, []string{"Brackets"}},
		{query.Talkwalker, `x AND NOT a NEAR/2 b`, `x AND NOT (a NEAR/2 b)`, []string{"Brackets"}},
		{query.Talkwalker, `(a OR b AND c) AND d`, `(a OR (b AND c)) AND d`, []string{"Brackets"}},
		{query.Talkwalker, `a OR b OR c`, `a OR b OR c`, nil},
		{query.Talkwalker, `gender:F`, `gender:F`, []string{"gender"}},

		// Meltwater
		{query.Meltwater, `a NEAR b ONEAR c`, `a NEAR/4 b ONEAR/4 c`, nil},
		{query.Meltwater, `a NEAR/2 b`, `a NEAR/2 b`, nil},
		{query.Meltwater, `a and (b or c) not d`, `a AND (b OR c) NOT d`, nil},
		{query.Meltwater, `a and b or c`, `(a AND b) OR c`, []string{"Brackets"}},
		{query.Meltwater, `a and not b or c`, `(a AND NOT b) OR c`, []string{"Brackets"}},
		{query.Meltwater, `a XNOT "a b"`, `a XNOT "a b"`, []string{"XNOT"}},
		{query.Meltwater, `caseSensitive:(Apple Pie)`, `{Apple Pie}`, nil},
		{query.Meltwater, `caseSensitive:(Apple or ("Old Mill" and BT))`, `({Apple} OR ({Old Mill} AND {BT}))`, nil},
		{query.Meltwater, `caseSensitive:Apple and exactMessage:"Old Mill"`, `{Apple} AND {Old Mill}`, nil},
		{query.Meltwater, `ingress:x or body:y or content:(z and w)`, `text:x OR text:y OR text:(z AND w)`, []string{"ingress"}},
		{query.Meltwater, `from:x and to:y and mention:z and hashtag:w and verified:true`, `author:x AND mention:y AND mention:z AND hashtag:w AND verified:true`, nil},
		{query.Meltwater, `likes>5 and shares>=5 and followers >10000 and views < 7`, `likes:>5 AND reposts:>=5 AND followers:>10000 AND views:<7`, nil},
		{query.Meltwater, `site:"*.x.*"`, `site:"*.x.*"`, []string{"*.x.*"}},
		{query.Meltwater, `site:x.com`, `domain:x.com`, nil},
		{query.Meltwater, `socialType:Bluesky and SourceName:"r/bread"`, `network:bluesky AND url:reddit.com/r/bread`, nil},
		{query.Meltwater, `SourceName:"The Mill"`, `SourceName:"The Mill"`, []string{"The Mill"}},
		{query.Meltwater, `postType:og and attachmentType:image`, `is:original AND has:image`, nil},
		{query.Meltwater, `postType:rt`, `postType:rt`, []string{"postType:rt"}},
		{query.Meltwater, `E\*trade or a\"b`, `raw:"E*trade" OR raw:"a\"b"`, nil},
		{query.Meltwater, `bread {2,5} or mill^2`, `bread OR mill`, []string{"often", "weight"}},
		{query.Meltwater, `lang:(en or fi)`, `lang:(en OR fi)`, nil},

		// Anything else passes through.
		{query.Meltwater, `foo:x "a (b"`, `foo:x "a (b"`, nil},
		{query.Talkwalker, `((a OR b`, `((a OR b`, nil},
		{query.Brandwatch, "", "", nil},
	} {
		got, notes := query.Import(c.dialect, c.in)
		if got != c.want {
			t.Errorf("%s: %s\n got %s\nwant %s", c.dialect, c.in, got, c.want)
		}
		if len(notes) != len(c.notes) {
			t.Errorf("%s: %s: notes %+v, want %q", c.dialect, c.in, notes, c.notes)
			continue
		}
		for i, n := range notes {
			if !strings.Contains(n.Message, c.notes[i]) {
				t.Errorf("%s: %s: note %q, want %q", c.dialect, c.in, n.Message, c.notes[i])
			}
		}
	}
}

// TestImportedPrecedenceParses: what Talkwalker and Meltwater mix is never
// refused for mixing.
func TestImportedPrecedenceParses(t *testing.T) {
	t.Parallel()
	for _, in := range []string{
		"a AND b OR c", "a OR b AND c OR d", "a NEAR/2 b AND c OR d NOT e", "a OR NOT b NEAR/3 c AND d", "a b OR c d", "(a AND b OR c) NEAR/3 d OR e",
		"title:(a AND b OR c) AND d OR e", "-a OR b AND c", "a SENTENCE b OR c",
	} {
		for _, d := range []query.Dialect{query.Talkwalker, query.Meltwater} {
			out, _ := query.Import(d, in)
			_, diagnostics := query.Parse(out)
			for _, p := range diagnostics {
				if p.Code == query.MixedOperators {
					t.Errorf("%s: %s becomes %s, which mixes operators", d, in, out)
				}
			}
		}
	}
}

func FuzzImport(f *testing.F) {
	for _, s := range []string{
		"((a) AND (b))~5", "a and b or c", `caseSensitive:(A or "B c")`, "likes > 5", "+a ++b word~ \"a b\"~3", "city:(usa.ny OR x)", "raw:(a OR b", "a {2,5} b^3",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, d := range []query.Dialect{query.Brandwatch, query.Talkwalker, query.Meltwater} {
			out, notes := query.Import(d, s)
			if len(out) > 20*len(s)+100 {
				t.Errorf("%d bytes of %d", len(out), len(s))
			}
			for i, n := range notes {
				if n.Message == "" || n.Offset < 0 || n.Offset > len(s) || i > 0 && n.Offset < notes[i-1].Offset {
					t.Errorf("note %+v", n)
				}
			}
			query.Parse(out)
		}
	})
}
