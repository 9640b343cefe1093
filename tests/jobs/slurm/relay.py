#!/usr/bin/env python3
"""Passes Ethernet frames on between two network cards, late or slowly: a bad cable.

    relay.py CARD CARD SECONDS [BYTES_PER_SECOND]

Each frame leaves SECONDS after it came, and no sooner than the rate allows, which is that of either direction. Frames go
through unchanged, with the kernel's notes on checksums and segments still to be made (the virtio header). Beyond 4096
frames under way new ones are lost, as in a switch whose buffers are full. Runs until it is ended.
"""

import collections
import selectors
import socket
import sys
import time

# From linux/if_packet.h; Python has no names for them.
SOL_PACKET, PACKET_VNET_HDR, PACKET_IGNORE_OUTGOING = 263, 15, 23
ALL_PROTOCOLS = socket.htons(3)
MOST_BYTES = 1 << 17
MOST_FRAMES = 4096


def open_card(name):
    card = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, ALL_PROTOCOLS)
    card.setsockopt(SOL_PACKET, PACKET_VNET_HDR, 1)
    card.setsockopt(SOL_PACKET, PACKET_IGNORE_OUTGOING, 1)
    card.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 24)
    card.bind((name, 0))
    card.setblocking(False)
    return card


class Direction:
    """Frames on their way out of one card, in order."""

    def __init__(self, target):
        self.target = target
        self.frames = collections.deque()
        self.free = 0.0  # when the cable has carried all before

    def take(self, frame):
        if len(self.frames) == MOST_FRAMES:
            return
        now = time.monotonic()
        self.free = max(now, self.free) + (len(frame) / rate if rate else 0)
        self.frames.append((self.free + delay, frame))

    def send_due(self, now):
        while self.frames and self.frames[0][0] <= now:
            try:
                self.target.send(self.frames[0][1])
            except BlockingIOError:
                return
            except OSError:
                pass  # the card is down: the frame is lost
            self.frames.popleft()


def read_all(card, direction):
    try:
        while True:
            direction.take(card.recv(MOST_BYTES))
    except BlockingIOError:
        pass
    except OSError:
        time.sleep(0.01)  # the card is down


cards = [open_card(name) for name in sys.argv[1:3]]
delay = float(sys.argv[3])
rate = float(sys.argv[4]) if len(sys.argv) > 4 else 0
directions = [Direction(cards[1]), Direction(cards[0])]
selector = selectors.DefaultSelector()
for source, way in zip(cards, directions):
    selector.register(source, selectors.EVENT_READ, way)
while True:
    due = [way.frames[0][0] for way in directions if way.frames]
    wait = max(0.0, min(due) - time.monotonic()) if due else None
    for key, _ in selector.select(wait):
        read_all(key.fileobj, key.data)
    for way in directions:
        way.send_due(time.monotonic())
