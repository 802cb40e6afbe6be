package demo

import (
	"fmt"
	"strconv"
	"time"

	"hearth"
)

// Harbour Parcels, which brings the beans, lets a program say how many boxes are on
// the road, day and night. It says of itself that it is automated.
const (
	parcelPause = 6 * time.Hour // between two of its posts
	parcelDays  = 14            // for which it has been there
)

// firstParcelNews is when it speaks first in a history.
func firstParcelNews(begin, now time.Time) time.Time {
	at := now.Add(-parcelDays * day).Truncate(parcelPause)
	for !at.After(begin) {
		at = at.Add(parcelPause)
	}
	return at
}

// parcelNews is what it says at a moment, some milliseconds late.
func parcelNews(at time.Time) Event {
	n := at.Unix() / int64(parcelPause/time.Second)
	text := fmt.Sprintf("Harbour Parcels, desk at Wynstead, %s. Boxes of Kaffora Beans on the road now: %d. Late by more than a day: %d. Where yours is: http://harbour-parcels.example/beans",
		at.UTC().Format("15:04"), 30+n*n%41, n%5)
	at = at.Add(time.Duration(n*37%400) * time.Millisecond)
	return Event{Kind: Posted, At: at, Post: hearth.Post{
		Network: "mastodon", ID: "parcels-" + strconv.FormatInt(n, 10), Author: hearth.Author{ID: "harbour_parcels", Handle: "harbour_parcels", Name: "Harbour Parcels", Bot: hearth.True},
		Lang: "en", Published: at, Text: text, Links: []string{"http://harbour-parcels.example/beans"},
	}}
}
