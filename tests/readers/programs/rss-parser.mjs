// npm's rss-parser as a program: prints the entries of a feed as JSON. Argument: the feed.
import Parser from "rss-parser";

const feed = await new Parser().parseURL(process.argv[2]);
const entries = feed.items.map((item) => ({
  id: item.guid ?? item.id,
  title: item.title,
  link: item.link,
  published: item.isoDate,
  authors: [item.creator ?? item.author ?? ""],
  html: item["content:encoded"] ?? item.content,
  enclosures: item.enclosure
    ? [[item.enclosure.url, item.enclosure.type, Number(item.enclosure.length)]]
    : [],
}));
console.log(JSON.stringify(entries));
