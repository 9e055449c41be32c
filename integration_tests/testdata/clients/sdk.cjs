// Calls the vendor's SDK: each line of stdin is {"call":"contacts.getContact","args":[…]}, each line of stdout {"result":…} or {"status":…,"message":…}.
const readline = require("node:readline");
const { HighLevel } = require("@gohighlevel/api-client");

HighLevel.BASE_URL = process.env.API_URL;
const client = new HighLevel({ privateIntegrationToken: process.env.API_TOKEN, rateLimitRetry: true, logLevel: "none" });

async function answer({ call, args }) {
  const [service, method] = call.split(".");
  try {
    return { result: await client[service][method](...args) };
  } catch (error) {
    return { status: error.statusCode, message: error.message };
  }
}

async function main() {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    console.log(JSON.stringify(await answer(JSON.parse(line))));
  }
}

main();
