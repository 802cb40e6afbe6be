package hackernews

import (
	"time"

	"hearth/network"
)

// Quick is the network for tests that cannot wait for ten seconds.
func Quick() network.Network { return build(time.Millisecond, 2*time.Second) }
