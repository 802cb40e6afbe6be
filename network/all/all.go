// Package all names every network and every file format that Hearth knows. A
// new one is a folder and a line here.
package all

import (
	"path/filepath"
	"slices"
	"strings"

	"hearth/network"
	"hearth/network/bluesky"
	"hearth/network/csv"
	"hearth/network/discourse"
	"hearth/network/feed"
	"hearth/network/hackernews"
	"hearth/network/lemmy"
	"hearth/network/mail"
	"hearth/network/mastodon"
	"hearth/network/ndjson"
	"hearth/network/reddit"
	"hearth/network/twitter"
	"hearth/network/webhook"
	"hearth/network/wordpress"
	"hearth/network/youtube"
)

// Networks are the networks, in the order people see them.
func Networks() []network.Network {
	return []network.Network{
		bluesky.Network(),
		feed.Network(),
		webhook.Network(),
		mail.Network(),
		mastodon.Network(),
		hackernews.Network(),
		lemmy.Network(),
		reddit.Network(),
		discourse.Network(),
		youtube.Network(),
		wordpress.Network(),
	}
}

// Formats are the file formats, those that are recognised most surely first.
func Formats() []network.Format {
	return []network.Format{
		bluesky.Format(),
		mastodon.Format(),
		twitter.FormatV2(),
		twitter.Format(),
		ndjson.Format(),
		csv.Format(),
	}
}

// Detect is the format of a file by its beginning (network.Input.Head), or by
// its name where the beginning tells nothing; false if neither does.
func Detect(name string, head []byte) (network.Format, bool) {
	formats := Formats()
	for _, f := range formats {
		if f.Sniff(head) {
			return f, true
		}
	}
	name = strings.ToLower(filepath.Base(name))
	for _, packed := range []string{".gz", ".zst"} {
		name = strings.TrimSuffix(name, packed)
	}
	for _, f := range formats {
		if slices.Contains(f.Extensions, filepath.Ext(name)) {
			return f, true
		}
	}
	return network.Format{}, false
}
