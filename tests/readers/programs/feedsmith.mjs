// npm's feedsmith as a program: prints the entries of a feed as JSON. Argument: the feed.
import { parseFeed } from "feedsmith";

const { format, feed } = parseFeed(await (await fetch(process.argv[2])).text());

const linked = (entry, relation) => entry.links.filter((link) => link.rel === relation);
const names = (people) => (people ?? []).map((person) => person.name);

const readers = {
  atom: (entry) => ({
    id: entry.id,
    title: entry.title.value,
    link: linked(entry, "alternate")[0].href,
    published: entry.published,
    authors: names(entry.authors),
    html: entry.content.value,
    enclosures: linked(entry, "enclosure").map((e) => [e.href, e.type, e.length]),
  }),
  rss: (item) => ({
    id: item.guid.value,
    title: item.title,
    link: item.link,
    published: new Date(item.pubDate).toISOString(),
    authors: item.dc?.creators ?? [],
    html: item.content?.encoded ?? item.description,
    enclosures: (item.enclosures ?? []).map((e) => [e.url, e.type, e.length]),
  }),
  json: (item) => ({
    id: item.id,
    title: item.title,
    link: item.url,
    published: item.date_published,
    authors: names(item.authors),
    html: item.content_html,
    enclosures: (item.attachments ?? []).map((a) => [a.url, a.mime_type, a.size_in_bytes]),
  }),
};

console.log(JSON.stringify((feed.entries ?? feed.items).map(readers[format])));
