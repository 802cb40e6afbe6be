package query_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"hearth"
	"hearth/query"
)

func lists(t interface{ Fatalf(string, ...any) }) query.Lists {
	read := func(s string) *query.Query {
		q, problems := query.Parse(s)
		if q == nil {
			t.Fatalf("%q: %v", s, problems)
		}
		return q
	}
	all := map[string]*query.Query{
		"fruit":      read(`apple OR "tarte tatin" OR #pear`),
		"one":        read(`plum`),
		"our people": read(`author:(ann OR bob)`),
		"käse":       read(`site:(a.example OR b.example)`),
	}
	return func(key string) *query.Query { return all[key] }
}

func TestAListHoldsWhatOneOfItsEntriesHolds(t *testing.T) {
	t.Parallel()
	f := func(source string, p hearth.Post, want bool) {
		t.Helper()
		q, problems := query.ParseWith(source, lists(t))
		if q == nil {
			t.Fatalf("%q: %v", source, problems)
		}
		if got := q.Match(&p); got != want {
			t.Errorf("%q matches %q of %s: %v", source, p.Text, p.Author.Handle, got)
		}
	}
	apple := hearth.Post{Network: "demo", ID: "1", Text: "An apple", Author: hearth.Author{Handle: "ann"}, URL: "https://a.example/1"}
	plum := hearth.Post{Network: "demo", ID: "2", Text: "a plum", Author: hearth.Author{Handle: "eve"}}
	f("list:fruit", apple, true)
	f("list:Fruit", plum, false)
	f("LIST:(fruit OR one)", plum, true)
	f(`list:"our people" AND list:fruit`, apple, true)
	f(`plum AND NOT list:"Our  People"`, plum, true)
	f(`pear OR (list:one OR quince)`, plum, true)
	f(`list:KÄSE`, apple, true)
	f(`an AND (list:fruit OR list:one)`, apple, true)
}

func TestAListPrintsByNameAndIsExplained(t *testing.T) {
	t.Parallel()
	f := func(source, printed, explained string, cost int) {
		t.Helper()
		q, problems := query.ParseWith(source, lists(t))
		if q == nil {
			t.Fatalf("%q: %v", source, problems)
		}
		if q.String() != printed || q.Explain() != explained || q.Cost != cost {
			t.Errorf("%q is printed %s, explained %q, costs %d", source, q, q.Explain(), q.Cost)
		}
		again, _ := query.ParseWith(printed, lists(t))
		if again == nil || again.String() != printed || again.Cost != cost {
			t.Errorf("%q is not read back as it was printed: %v", printed, again)
		}
		for _, d := range problems {
			t.Errorf("%q: %v", source, d)
		}
	}
	f(`List:fruit`, `list:fruit`, `Posts with anything from the list “fruit”.`, 4)
	f(`pie AND -list:(ONE OR "our people")`, `pie AND NOT list:(one OR "our people")`,
		`Posts with the word “pie” and no match for anything from the list “one” or “our people”.`, 4)
}

func TestAnUnknownListIsShownUnderItsName(t *testing.T) {
	t.Parallel()
	for _, known := range []query.Lists{nil, lists(t)} {
		q, problems := query.ParseWith(`apple AND list:(frut OR "x")`, known)
		if q != nil || len(problems) != 2 || problems[0].Code != query.UnknownList || problems[0].Offset != 16 || !strings.Contains(problems[0].Message, "frut") {
			t.Errorf("%v: %+v", q, problems)
		}
	}
	q, problems := query.ParseWith(`NOT list:fruit`, lists(t))
	if q != nil || problems[0].Code != query.PureNegative {
		t.Errorf("%v: %+v", q, problems)
	}
	if q, _ := query.ParseWith("apple OR list:one OR list:fruit", lists(t)); !slices.Equal(q.UsesLists(), []string{"fruit", "one"}) {
		t.Errorf("it uses %q", q.UsesLists())
	}
}

// Whatever a list is called, its name is read back.
func TestNamesOfListsAreReadBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		name := rapid.StringN(1, 30, -1).Draw(r, "name")
		key := query.ListKey(name)
		if key == "" || strings.ContainsRune(name, 0xFFFD) {
			r.Skip()
		}
		plum, _ := query.Parse("plum")
		find := func(k string) *query.Query {
			if k != key {
				return nil
			}
			return plum
		}
		printed := "list:" + query.ListValue(key).String()
		q, problems := query.ParseWith(printed, find)
		if q == nil || q.String() != printed {
			r.Fatalf("%q is printed %q and read back as %v: %v", name, printed, q, problems)
		}
	})
}

func TestEntriesAreReadOneALine(t *testing.T) {
	t.Parallel()
	f := func(line, entry string) {
		t.Helper()
		got, problem := query.ParseEntry(line)
		if got != entry || (entry == "") != (problem != "") {
			t.Errorf("%q is read as %q (%s)", line, got, problem)
		}
	}
	f(" Apple ", "apple")
	f("apple pie", `"apple pie"`)
	f(`"apple pie"~3`, `"apple pie"~3`)
	f("#Apple", "#apple")
	f("appl*", "appl*")
	f("{BT}", "{BT}")
	f(`raw:"C++"`, `raw:"c++"`)
	f("手机", "手机")
	f("apple AND pie", "")
	f("*apple", "")
	f("lang:en", "")
	f("(apple OR pie)", "")
	f("list:fruit", "")
	f("&", "")
	f("", "")
}
