package query_test

import (
	"cmp"
	"errors"
	"slices"
	"strings"
	"testing"

	"hearth"
	"hearth/query"
	"hearth/text"
)

func stored(t testing.TB, source string) *query.Query {
	t.Helper()
	q, problems := query.ParseStored(source, nil)
	if q == nil {
		t.Fatalf("%q: %v", source, problems)
	}
	return q
}

// known says which rows values select, by how they print.
func known(rows map[string][]int64) func(query.FieldName, query.Value) (query.Rows, error) {
	return func(name query.FieldName, v query.Value) (query.Rows, error) {
		list, ok := rows[string(name)+":"+v.String()]
		if !ok {
			return query.Rows{}, errors.New("nobody knows " + string(name) + ":" + v.String())
		}
		return query.NewRows(slices.Clone(list)), nil
	}
}

func TestFieldsOfStoredPostsHoldForTheRowsThatAreKnown(t *testing.T) {
	t.Parallel()
	rows := map[string][]int64{"copies:>=2": {5, 2, 9, 2}, "copies:>=5": {9}, "copy:3k19": {2, 5}, `topic:"late trains"`: {7}, "topic:12": {9}}
	f := func(source string, want ...int64) {
		t.Helper()
		q, err := stored(t, source).Resolve(known(rows))
		if err != nil {
			t.Fatal(err)
		}
		if q.AsksStored() {
			t.Errorf("%q is not resolved", source)
		}
		var got []int64
		p := hearth.Post{Network: "demo", ID: "1", Text: "an apple"}
		var d text.Doc
		query.AddPost(&d, &p)
		for seq := hearth.Seq(0); seq < 12; seq++ {
			if q.MatchStored(seq, &p, &d) {
				got = append(got, int64(seq))
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q holds for the rows %v, not %v", source, got, want)
		}
	}
	f("copies:yes", 2, 5, 9)
	f("copies:>=5", 9)
	f("copies:(>=5 OR yes) AND apple", 2, 5, 9)
	f("copy:3k19", 2, 5)
	f(`topic:"Late  Trains"`, 7)
	f(`topic:(12 OR "late trains")`, 7, 9)
	f("apple AND copies:yes AND NOT copy:3k19", 9)
	f("pear AND copies:yes")
	f("pear OR topic:12", 9)
}

func TestAllOthersAreThoseThatAreNotInTheSetButStored(t *testing.T) {
	t.Parallel()
	r := query.NewRows([]int64{3, 1, 3}).Without()
	if r.Has(0) || r.Has(1) || !r.Has(2) || r.Has(3) || !r.Without().Has(3) || r.Without().Has(0) {
		t.Errorf("%+v", r)
	}
}

func TestFieldsOfStoredPostsPrintAsTheyAreRead(t *testing.T) {
	t.Parallel()
	f := func(source, printed, explained string) {
		t.Helper()
		q := stored(t, source)
		resolved, err := q.Resolve(func(query.FieldName, query.Value) (query.Rows, error) { return query.NewRows([]int64{1}), nil })
		if err != nil {
			t.Fatal(err)
		}
		for _, q := range []*query.Query{q, resolved} {
			if got := q.String(); got != printed {
				t.Errorf("%q prints as %q, not %q", source, got, printed)
			}
			if got := q.Explain(); got != explained {
				t.Errorf("%q is explained as %q, not %q", source, got, explained)
			}
			if q.Cost > 3 {
				t.Errorf("%q costs %d", source, q.Cost)
			}
		}
		if again := stored(t, printed); again.String() != printed {
			t.Errorf("%q prints as %q", printed, again)
		}
	}
	f("copies:YES", "copies:>=2", "Posts with a text told by at least 2 posts.")
	f("copies:no", "copies:<2", "Posts with a text told by under 2 posts.")
	f("copies:>=5", "copies:>=5", "Posts with a text told by at least 5 posts.")
	f("copies:[2 TO 4]", "copies:[2 TO 4]", "Posts with a text told by from 2 to 4 posts.")
	f("copy:at://did:plc:abc/app.bsky.feed.post/3k2a", "copy:at://did:plc:abc/app.bsky.feed.post/3k2a", "Posts with the text of post at://did:plc:abc/app.bsky.feed.post/3k2a.")
	f("Topic:12", "topic:12", "Posts with topic “12”.")
	f(`topic:"Late trains"`, `topic:"late trains"`, "Posts with topic “late trains”.")
}

func TestWhatJudgesPostsAsTheyArriveTakesNoFieldsOfStoredOnes(t *testing.T) {
	t.Parallel()
	for _, source := range []string{"apple AND copies:yes", "apple AND copy:3k19", `apple AND topic:"late trains"`, "apple AND copies:(yes OR >5)", "apple AND topic:(1 OR 2)"} {
		q, problems := query.Parse(source)
		if q != nil || len(problems) != 1 || problems[0].Code != query.StoredOnly || problems[0].Offset != len("apple AND ") {
			t.Errorf("%q: %v, %+v", source, q, problems)
		}
		stored(t, source)
	}
	f := func(source string, code query.Code) {
		t.Helper()
		q, problems := query.ParseStored(source, nil)
		if q != nil || !slices.ContainsFunc(problems, func(d query.Diagnostic) bool { return d.Code == code }) {
			t.Errorf("%q: %v, %+v, not %s", source, q, problems, code)
		}
	}
	f("copies:often", query.BadValue)
	f("copies:-1", query.BadValue)
	f("copies:[5 TO 2]", query.BadRange)
	f(`copy:""`, query.BadValue)
	f(`topic:" "`, query.BadValue)
	f("topic:", query.MissingValue)
	f("title:(topic:2)", query.NestedField)
	f("NOT copies:yes", query.PureNegative)
}

func TestAQueryForStoredPostsHoldsForNoneBeforeItIsResolved(t *testing.T) {
	t.Parallel()
	q := stored(t, "copies:yes OR topic:12 OR copy:1")
	p := hearth.Post{Network: "demo", ID: "1", Text: "an apple"}
	if q.Match(&p) || !q.AsksStored() || !q.Uses(query.FieldTopic) || q.Uses(query.FieldTag) {
		t.Error("it does")
	}
	if _, err := q.Resolve(known(nil)); err == nil {
		t.Error("what nobody knows is taken")
	}
	if stored(t, "apple").AsksStored() {
		t.Error("a query for words asks what is stored")
	}
}

// FuzzParseStored is FuzzParse with the fields of stored posts.
func FuzzParseStored(f *testing.F) {
	for _, q := range []string{
		"copies:yes", "copies:(no OR >=5)", "copies:[2 TO 9] AND apple", "copy:3k19 OR copy:\"a b\"", `topic:"late trains"`, "topic:(12 OR 手机)",
		"NOT topic:1", "title:(copies:yes)", "copies:often", "topic:\"", "copy:(", "topic:＊", "COPIES:No", "topic:a*b",
	} {
		f.Add(q)
	}
	f.Fuzz(func(t *testing.T, source string) {
		q, problems := query.ParseStored(source, nil)
		if !slices.IsSortedFunc(problems, func(a, b query.Diagnostic) int {
			return cmp.Or(cmp.Compare(a.Offset, b.Offset), cmp.Compare(a.Code, b.Code))
		}) {
			t.Errorf("problems out of order: %+v", problems)
		}
		if plain, _ := query.Parse(source); plain != nil && (q == nil || q.String() != plain.String()) {
			t.Errorf("%q is another query for stored posts", source)
		}
		if q == nil || len(source) > 1000 || strings.ContainsFunc(source, isCherokee) {
			return
		}
		if again, problems := query.ParseStored(q.String(), nil); again == nil || again.String() != q.String() {
			t.Fatalf("%q prints as %q, which is %v with %+v", source, q, again, problems)
		}
		resolved, err := q.Resolve(func(query.FieldName, query.Value) (query.Rows, error) { return query.Rows{}.Without(), nil })
		if err != nil || resolved.AsksStored() || resolved.String() != q.String() || resolved.Explain() != q.Explain() {
			t.Errorf("%q resolved is %v, %v", source, resolved, err)
		}
	})
}
