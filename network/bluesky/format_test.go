package bluesky_test

import (
	"testing"

	"hearth/network/bluesky"
	"hearth/network/networktest"
)

func TestRecordingsBehaveAsEveryFormat(t *testing.T) {
	t.Parallel()
	other := `{"did":"did:plc:a","time_us":1,"kind":"commit","commit":{"operation":"create","collection":"app.bsky.feed.like","rkey":"k","record":{}}}`
	networktest.RunFormat(t, bluesky.Format(), nil, commit1+"\n"+other+"\n"+commit2+"\n", `{"kind":"commit"`)
}
