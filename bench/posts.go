package main

import (
	"fmt"

	"hearth"
	"hearth/firehose/mix"
	"hearth/network"
	"hearth/network/bluesky"
)

// frames are the first n frames of the frozen mix, made for so many monitors.
func frames(n, monitors int) []string {
	stream := mix.NewWorld().Posts(monitors)
	list := make([]string, n)
	for i := range list {
		list[i] = string(stream.Next(nil))
	}
	return list
}

// posts are the frames decoded.
func posts(frames []string) ([]hearth.Post, error) {
	list := make([]hearth.Post, len(frames))
	var decoder bluesky.Decoder
	for i, f := range frames {
		var ev network.Event
		if _, err := decoder.Decode(f, &ev); err != nil {
			return nil, fmt.Errorf("decoding a frame of the mix: %w", err)
		}
		list[i] = ev.Post.Clone()
	}
	return list, nil
}
