package query_test

import (
	"fmt"

	"hearth"
	"hearth/query"
)

func Example() {
	q, diagnostics := query.Parse(`(bread OR "rye loaf"~2) -lang:fi`)
	for _, d := range diagnostics {
		fmt.Println(d.Code)
	}
	fmt.Println(q)
	fmt.Println(q.Explain())
	fmt.Println(q.Match(&hearth.Post{Text: "A loaf of fresh rye", Lang: "en"}))
	// Output:
	// (bread OR "rye loaf"~2) AND NOT lang:fi
	// Posts with (the word “bread” or the words “rye” and “loaf” within 2 words of each other) and no match for language fi.
	// true
}

func ExampleParse_diagnostics() {
	_, diagnostics := query.Parse("lnag:en AND bread OR rye")
	for _, d := range diagnostics {
		fmt.Println(d.Offset, d.Severity, d.Message)
	}
	// Output:
	// 0 error There is no field “lnag”; did you mean lang? If it is text, put it in quotation marks.
	// 18 error Use one kind of operator within a pair of brackets; bracket the parts that belong together.
}

func ExampleImport() {
	q, notes := query.Import(query.Meltwater, "bread and rye or mill {2,5}")
	fmt.Println(q)
	for _, n := range notes {
		fmt.Println(n.Offset, n.Message)
	}
	// Output:
	// (bread AND rye) OR mill
	// 0 Brackets were added: proximity binds first, then NOT, AND, and OR last.
	// 22 How often a word occurs cannot be asked for; once is enough.
}
