package monitor

import (
	_ "embed"
	"encoding/json"
	"fmt"
)

//go:embed starters.json
var starters []byte

// Industry is a kind of house and the monitors that it usually begins with.
type Industry struct {
	Title    string
	Starters []Starter
}

// Starter is a query to begin with. Names in it like “your brand” stand for the
// house's own.
type Starter struct {
	Name, Query string
}

// Starters gives the templates of monitors, industry by industry, named in one
// of the languages en, de, fi and zh; others are given in English. The queries
// hear all four.
func Starters(lang string) []Industry {
	var stored []struct {
		Title    map[string]string
		Starters []struct {
			Name  map[string]string
			Query string
		}
	}
	if err := json.Unmarshal(starters, &stored); err != nil {
		panic(fmt.Sprintf("the embedded templates of monitors: %v", err)) // a test reads them
	}
	named := func(names map[string]string) string {
		if name := names[lang]; name != "" {
			return name
		}
		return names["en"]
	}
	list := make([]Industry, len(stored))
	for i := range stored {
		list[i].Title = named(stored[i].Title)
		for _, s := range stored[i].Starters {
			list[i].Starters = append(list[i].Starters, Starter{named(s.Name), s.Query})
		}
	}
	return list
}
